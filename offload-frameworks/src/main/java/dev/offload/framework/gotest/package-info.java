/// The adapter for Go's own tests.
@NullMarked
package dev.offload.framework.gotest;

import org.jspecify.annotations.NullMarked;
