/// Going on with a run whose Offload was killed, out of its journal.
@NullMarked
package dev.offload.engine.resume;

import org.jspecify.annotations.NullMarked;
