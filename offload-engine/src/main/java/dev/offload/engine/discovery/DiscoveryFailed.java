package dev.offload.engine.discovery;

/// Report that the tests cannot be known, so that the run cannot begin.
public final class DiscoveryFailed extends Exception {
  private static final long serialVersionUID = 1;
  private final int exitCode;
  private final String text;
  private final String details;

  /// Make it.
  ///
  /// @param message what happened and what to do, for the user
  /// @param details the tool's own output, or empty
  /// @param exitCode the exit code of the command
  public DiscoveryFailed(String message, String details, int exitCode) {
    super(message);
    this.text = message;
    this.details = details;
    this.exitCode = exitCode;
  }

  @Override
  public String getMessage() {
    return text;
  }

  /// Return the tool's own output, or an empty text.
  public String details() {
    return details;
  }

  /// Return the exit code of the command.
  public int exitCode() {
    return exitCode;
  }
}
