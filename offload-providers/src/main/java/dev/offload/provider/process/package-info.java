/// Start child processes, pump their output, and end them with all they started.
@NullMarked
package dev.offload.provider.process;

import org.jspecify.annotations.NullMarked;
