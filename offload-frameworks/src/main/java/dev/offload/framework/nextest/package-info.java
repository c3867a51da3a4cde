/// The adapter for cargo-nextest.
@NullMarked
package dev.offload.framework.nextest;

import org.jspecify.annotations.NullMarked;
