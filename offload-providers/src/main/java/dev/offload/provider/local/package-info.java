/// Sandboxes that are groups of processes on this machine, in a shared working directory.
@NullMarked
package dev.offload.provider.local;

import org.jspecify.annotations.NullMarked;
