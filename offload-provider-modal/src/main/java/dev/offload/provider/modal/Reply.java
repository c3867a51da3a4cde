package dev.offload.provider.modal;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/// Read what the bridge says.
final class Reply {
  private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(5);

  private Reply() {}

  /// Return a text, or the empty text.
  static String text(Map<?, ?> members, String name) {
    return members.get(name) instanceof String text ? text : "";
  }

  /// Return a whole number, or `fallback`.
  static int number(Map<?, ?> members, String name, int fallback) {
    return members.get(name) instanceof Number number ? number.intValue() : fallback;
  }

  /// Return a truth value, false when it is not there.
  static boolean truth(Map<?, ?> members, String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  /// Return an object, or an empty one.
  static Map<?, ?> object(Map<?, ?> members, String name) {
    return members.get(name) instanceof Map<?, ?> object ? object : Map.of();
  }

  /// Return the death that a message tells of.
  static Death death(Map<?, ?> told) {
    Death.Cause cause =
        switch (text(told, "cause")) {
          case "exited" -> Death.Cause.EXITED;
          case "memory" -> Death.Cause.OUT_OF_MEMORY;
          case "lifetime" -> Death.Cause.LIFETIME_OVER;
          case "idle" -> Death.Cause.IDLE;
          case "evicted" -> Death.Cause.EVICTED;
          case "never_started" -> Death.Cause.NEVER_STARTED;
          default -> Death.Cause.UNKNOWN;
        };
    OptionalInt code =
        told.get("code") instanceof Number number
            ? OptionalInt.of(number.intValue())
            : OptionalInt.empty();
    return new Death(cause, code, text(told, "message"));
  }

  /// Return the failure that an answer tells of.
  static SandboxException failure(Map<?, ?> error) {
    String message = text(error, "message");
    return switch (text(error, "kind")) {
      case "dead" -> new SandboxException.SandboxDead(death(error));
      case "unavailable" -> new SandboxException.Unavailable(message, pause(error));
      case "image_gone" -> new SandboxException.ImageGone(message);
      case "fatal" -> new SandboxException.Fatal(message, null);
      default -> new SandboxException.Transient(message, null);
    };
  }

  private static Duration pause(Map<?, ?> error) {
    return error.get("retry_after") instanceof Number seconds
        ? Duration.ofMillis((long) (seconds.doubleValue() * 1000))
        : DEFAULT_PAUSE;
  }
}
