package dev.offload.testkit;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxException;
import java.time.Duration;
import java.util.function.Supplier;

/// Describe what goes wrong with an operation of a [ScriptedProvider].
public sealed interface Fault {
  /// The operation throws; nothing else happens.
  ///
  /// @param failure makes the exception, one for each time
  record Fails(Supplier<SandboxException> failure) implements Fault {}

  /// The sandbox dies as the operation begins; everybody is told.
  record Dies(Death death) implements Fault {}

  /// The sandbox dies after the command wrote so many bytes to standard output; everybody is told.
  /// For `RUN` only.
  record DiesMidOutput(int bytes, Death death) implements Fault {}

  /// The sandbox dies as the operation begins and nobody is told: only a poll finds out, and
  /// operations end with [SandboxException.SandboxDead].
  record DiesUnseen(Death death) implements Fault {}

  /// The operation never ends, and nobody is told of anything: only an interruption or `close` ends
  /// it. From then on a poll does not know either.
  record HangsSilently() implements Fault {}

  /// The operation begins late.
  record IsSlow(Duration delay) implements Fault {}

  /// Fail in passing.
  static Fault failsInPassing(String message) {
    return new Fails(() -> new SandboxException.Transient(message, null));
  }

  /// Fail for good: the run must stop.
  static Fault failsForGood(String message) {
    return new Fails(() -> new SandboxException.Fatal(message, null));
  }

  /// Say that nothing is to be had for a while.
  static Fault unavailable(String message, Duration retryAfter) {
    return new Fails(() -> new SandboxException.Unavailable(message, retryAfter));
  }

  /// Die, as killed from outside.
  static Fault dies(String message) {
    return new Dies(Death.of(Death.Cause.UNKNOWN, message));
  }
}
