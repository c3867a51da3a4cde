package dev.offload.api.sandbox;

/// Take lines of progress of a long operation, for people.
@FunctionalInterface
public interface ProgressSink {
  /// Take one line, without its line end.
  void line(String text);

  /// Take a warning: something the user should know although the operation goes on.
  default void warning(String text) {
    line("warning: " + text);
  }
}
