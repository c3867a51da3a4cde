/// What is remembered of tests between runs: how long they took, and how often they failed.
@NullMarked
package dev.offload.engine.history;

import org.jspecify.annotations.NullMarked;
