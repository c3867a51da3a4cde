package dev.offload.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Listen to the signals that ask the process to end.
///
/// The first one is handed on, so that the command can end in good order; another one ends the
/// process at once. `sun.misc.Signal` is the only way to do so in Java. It is looked up by name,
/// since the compiler warns of it in a way that cannot be switched off; where it is missing, a
/// signal ends the process as it does any other.
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
      signals.install(ending);
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

  private void install(Ending ending) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      MethodHandle handle =
          lookup.findStatic(signal, "handle", MethodType.methodType(handler, signal, handler));
      Object name =
          lookup
              .findConstructor(signal, MethodType.methodType(void.class, String.class))
              .invoke(ending.name());
      Object receiver =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> answer(ending, proxy, method.getName(), arguments));
      Object before = handle.invoke(name, receiver);
      restorations.add(() -> restore(handle, name, before));
    } catch (Throwable _) {
      // Without it the default remains, which ends the process.
      return;
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private @Nullable Object answer(
      Ending ending, Object proxy, String method, Object @Nullable [] arguments) {
    return switch (method) {
      case "handle" -> {
        receive(ending);
        yield null;
      }
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "the listener to " + ending;
    };
  }

  private static void restore(MethodHandle handle, Object name, Object before) {
    try {
      handle.invoke(name, before);
    } catch (Throwable _) {
      // It was installed in the same way a moment ago; the process ends soon in any case.
      return;
    }
  }

  /// Give the signals their old meaning back.
  @Override
  public void close() {
    restorations.forEach(Runnable::run);
    restorations.clear();
  }
}
