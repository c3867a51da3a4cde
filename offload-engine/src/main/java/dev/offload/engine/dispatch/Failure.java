package dev.offload.engine.dispatch;

import dev.offload.api.test.Outcome;

/// Hold one failed attempt that is charged to its test, unless it turns out to be the sandbox's.
final class Failure {
  /// Say how much a failure counts.
  enum Standing {
    /// Its sandbox has passed nothing since.
    DOUBTFUL,
    /// It is the test's.
    FIRM,
    /// It was the sandbox's.
    VOID
  }

  final int test;
  final PoolSandbox sandbox;
  final Outcome outcome;
  final String message;
  Standing standing = Standing.DOUBTFUL;

  Failure(int test, PoolSandbox sandbox, Outcome outcome, String message) {
    this.test = test;
    this.sandbox = sandbox;
    this.outcome = outcome;
    this.message = message;
  }

  String inWords() {
    if (!message.isBlank()) {
      return message;
    }
    return switch (outcome) {
      case PASSED -> "passed";
      case FAILED -> "failed";
      case ERRORED -> "its set-up or tear-down went wrong";
      case SKIPPED -> "skipped";
      case TIMED_OUT -> "ran into its time limit";
      case CRASHED -> "its process ended while it ran";
      case NOT_REPORTED -> "not reported";
      case LOST -> "lost";
    };
  }
}
