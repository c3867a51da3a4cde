/// The adapter for vitest.
@NullMarked
package dev.offload.framework.vitest;

import org.jspecify.annotations.NullMarked;
