package dev.offload.api.sandbox;

/// Take lines of progress of a long operation, for people.
@FunctionalInterface
public interface ProgressSink {
  /// Take one line, without its line end.
  void line(String text);
}
