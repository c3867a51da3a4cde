package dev.offload.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// Install handlers of signals.
///
/// `sun.misc.Signal` is the only way to do so in Java. It is looked up by name, since the compiler
/// warns of it in a way that cannot be switched off; where it is missing, or the system has no such
/// signal, the signal keeps its meaning.
final class SignalHandlers {
  private SignalHandlers() {}

  /// Call an action, on a thread of its own, whenever a signal comes.
  ///
  /// @param name without `SIG`
  /// @return what gives the signal its old meaning back
  static Runnable handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      MethodHandle handle =
          lookup.findStatic(signal, "handle", MethodType.methodType(handler, signal, handler));
      Object number =
          lookup
              .findConstructor(signal, MethodType.methodType(void.class, String.class))
              .invoke(name);
      Object receiver =
          Proxy.newProxyInstance(
              SignalHandlers.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) ->
                  answer(name, action, proxy, method.getName(), arguments));
      Object before = handle.invoke(number, receiver);
      return () -> restore(handle, number, before);
    } catch (Throwable _) {
      // Without it the default remains.
      return () -> {};
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private static @Nullable Object answer(
      String name, Runnable action, Object proxy, String method, Object @Nullable [] arguments) {
    return switch (method) {
      case "handle" -> {
        action.run();
        yield null;
      }
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "the listener to " + name;
    };
  }

  private static void restore(MethodHandle handle, Object number, Object before) {
    try {
      handle.invoke(number, before);
    } catch (Throwable _) {
      // It was installed in the same way a moment ago; the process ends soon in any case.
      return;
    }
  }
}
