package dev.offload.cli;

/// End a command with a message for the user and an exit code.
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1;
  private final int exitCode;

  /// Make it.
  ///
  /// @param exitCode what the command exits with
  /// @param message what happened, where, and what to do, each line as it will be shown
  CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /// Return what the command exits with.
  int exitCode() {
    return exitCode;
  }
}
