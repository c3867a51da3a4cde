/// The facts of a run, in one ordered stream.
@NullMarked
package dev.offload.api.event;

import org.jspecify.annotations.NullMarked;
