package dev.offload.cli;

import java.util.List;

/// Hold what `offload logs` shows of one test.
///
/// @param id the test
/// @param status how it ended
/// @param text what it has to say, in paragraphs
record LogEntry(String id, Status status, List<String> text) {
  /// Copy.
  LogEntry {
    text = List.copyOf(text);
  }

  /// Say how a test ended.
  enum Status {
    /// It passed.
    PASSED,
    /// It failed.
    FAILED,
    /// It could not be judged.
    ERROR,
    /// It passed after a failure.
    FLAKY,
    /// It was left out.
    SKIPPED;

    /// Return whether `--failures` selects it.
    boolean isFailure() {
      return this == FAILED || this == FLAKY;
    }
  }

  /// Put a line with a name before a captured output.
  static String titled(String name, String output) {
    return output.isBlank() ? "" : "--- " + name + " ---\n" + output;
  }
}
