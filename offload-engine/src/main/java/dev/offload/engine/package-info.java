/// The run itself. Start reading at `OffloadRun`.
@NullMarked
package dev.offload.engine;

import org.jspecify.annotations.NullMarked;
