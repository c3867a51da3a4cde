package dev.offload.provider.process;

import java.nio.file.Path;

/// Say what a child process reads from its standard input.
public sealed interface Stdin {
  /// Nothing: the input is at its end from the start.
  record Empty() implements Stdin {}

  /// A text, then the end.
  record Text(String text) implements Stdin {}

  /// A file, then the end.
  record FromFile(Path file) implements Stdin {}

  /// What is written to [ChildProcess#stdin] while the process runs.
  record Open() implements Stdin {}

  /// Return an input that is at its end.
  static Stdin empty() {
    return new Empty();
  }
}
