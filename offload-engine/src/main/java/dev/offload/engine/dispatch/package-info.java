/// The dispatcher: a pure state machine that hands tests to sandboxes and judges what comes back.
@NullMarked
package dev.offload.engine.dispatch;

import org.jspecify.annotations.NullMarked;
