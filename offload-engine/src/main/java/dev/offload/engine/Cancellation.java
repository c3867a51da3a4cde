package dev.offload.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Carry the wish to stop from whatever thread has it to wherever the run is.
///
/// While the run prepares or waits, its thread is interrupted; while tests are dispatched, the wish
/// becomes a message to the dispatcher.
final class Cancellation {
  private @Nullable Thread runner;
  private @Nullable Consumer<String> receiver;
  private String reason = "";
  private int exitCode = ExitCodes.INTERRUPTED;
  private boolean cancelled;

  synchronized void cancel(String why, int code) {
    if (cancelled) {
      return;
    }
    cancelled = true;
    reason = why;
    exitCode = code;
    pass();
  }

  /// The run's thread begins something that is stopped by interruption.
  synchronized void begin(Thread thread) {
    runner = thread;
    receiver = null;
    pass();
  }

  /// From now on the wish goes to the receiver.
  synchronized void redirect(Consumer<String> to) {
    receiver = to;
    boolean _ = Thread.interrupted();
    pass();
  }

  /// Nothing can be stopped any more.
  synchronized void end() {
    runner = null;
    receiver = null;
    boolean _ = Thread.interrupted();
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  synchronized String reason() {
    return reason;
  }

  synchronized int exitCode() {
    return exitCode;
  }

  private void pass() {
    if (!cancelled) {
      return;
    }
    if (receiver != null) {
      receiver.accept(reason);
    } else if (runner != null) {
      runner.interrupt();
    }
  }
}
