/// The adapter for pytest: discovery and execution through a small plug-in placed beside the tests.
@NullMarked
package dev.offload.framework.pytest;

import org.jspecify.annotations.NullMarked;
