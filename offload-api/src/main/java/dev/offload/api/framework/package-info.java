/// The contract a test framework's adapter implements.
@NullMarked
package dev.offload.api.framework;

import org.jspecify.annotations.NullMarked;
