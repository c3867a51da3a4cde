package dev.offload.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Listen to the signals that ask the process to end.
///
/// The first one is handed on, so that the command can end in good order; another one ends the
/// process at once.
final class Signals implements AutoCloseable {
  /// A signal that asks the process to end.
  enum Ending {
    /// Ctrl-C.
    INT(130, "interrupted"),
    /// The usual request.
    TERM(143, "ended by SIGTERM"),
    /// The terminal went away.
    HUP(129, "the terminal was closed");

    private final int exitCode;
    private final String reason;

    Ending(int exitCode, String reason) {
      this.exitCode = exitCode;
      this.reason = reason;
    }

    /// Return the exit code that tells of this signal.
    int exitCode() {
      return exitCode;
    }

    /// Return why the command ended, in words.
    String reason() {
      return reason;
    }
  }

  /// Take signals. Called on threads of their own.
  @FunctionalInterface
  interface Listener {
    /// End the command in good order: the first signal came.
    void caught(Ending ending);

    /// Put back what the user would miss: the process ends now, since another signal came.
    default void ending() {}
  }

  private final Listener listener;
  private final List<Runnable> restorations = new ArrayList<>();
  private volatile @Nullable Ending caught;

  private Signals(Listener listener) {
    this.listener = listener;
  }

  /// Listen until closed.
  static Signals listening(Listener listener) {
    Signals signals = new Signals(listener);
    for (Ending ending : Ending.values()) {
      signals.restorations.add(SignalHandlers.handle(ending.name(), () -> signals.receive(ending)));
    }
    return signals;
  }

  /// Interrupt a thread at the first signal.
  static Signals interrupting(Thread thread) {
    return listening(_ -> thread.interrupt());
  }

  /// End the command when a signal came that nothing noticed.
  void throwIfCaught() throws CommandFailure {
    Ending ending = caught;
    if (ending != null) {
      throw new CommandFailure(ending.exitCode(), "offload: " + ending.reason());
    }
  }

  private void receive(Ending ending) {
    boolean first;
    synchronized (this) {
      first = caught == null;
      caught = first ? ending : caught;
    }
    if (first) {
      listener.caught(ending);
    } else {
      listener.ending();
      Runtime.getRuntime().halt(ending.exitCode());
    }
  }

  /// Give the signals their old meaning back.
  @Override
  public void close() {
    restorations.forEach(Runnable::run);
    restorations.clear();
  }
}
