package dev.offload.framework.pytest;

/// Name pytest's exit codes.
final class PytestExit {
  static final int NO_TESTS = 5;
  static final int NOT_EXECUTABLE = 126;
  static final int NOT_FOUND = 127;

  private PytestExit() {}

  /// Return what an exit code of pytest, or of the shell that started it, means; empty for those
  /// that only say how the tests went.
  static String explain(int code) {
    return switch (code) {
      case 2 -> "pytest was interrupted (exit code 2)";
      case 3 -> "pytest ended with an internal error (exit code 3)";
      case 4 -> "pytest refused its arguments or its configuration (exit code 4)";
      case NO_TESTS -> "pytest found no tests (exit code 5)";
      case NOT_EXECUTABLE -> "the command that starts pytest cannot be executed (exit code 126)";
      case NOT_FOUND -> "the command that starts pytest was not found (exit code 127)";
      default -> "";
    };
  }
}
