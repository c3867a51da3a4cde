/// The life of one sandbox: its start, the batches that run in it, its signs of life, its end.
@NullMarked
package dev.offload.engine.session;

import org.jspecify.annotations.NullMarked;
