package dev.offload.engine.config;

/// Point at something in the configuration.
///
/// @param file the file as given
/// @param line one-based, or 0 when it concerns no line
/// @param column one-based, or 0
/// @param message what is wrong and what to do
public record ConfigProblem(String file, int line, int column, String message) {
  /// Return `file:line:column: message`.
  @Override
  public String toString() {
    return line == 0 ? file + ": " + message : file + ":" + line + ":" + column + ": " + message;
  }
}
