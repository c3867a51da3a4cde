/// Finding the tests: one discovery per group, one catalog for the run.
@NullMarked
package dev.offload.engine.discovery;

import org.jspecify.annotations.NullMarked;
