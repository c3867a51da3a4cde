/// The JSON signals that the reporters of all frameworks send from the sandbox.
@NullMarked
package dev.offload.framework.signal;

import org.jspecify.annotations.NullMarked;
