package dev.offload.api.framework;

import dev.offload.api.test.AttemptReport;

/// Say something about a running batch; the order of signals is the order of the facts.
public sealed interface TestSignal {
  /// A test began.
  ///
  /// @param index its zero-based place in [ExecutionRequest#tests()]
  record Started(int index) implements TestSignal {}

  /// A test ended.
  ///
  /// @param index its zero-based place in [ExecutionRequest#tests()]
  /// @param report how it ended and what it said
  record Finished(int index, AttemptReport report) implements TestSignal {}

  /// Something was reported that is not one of the batch's tests, or that the user should know when
  /// a test stays unreported.
  ///
  /// @param text one or more lines
  record Diagnosis(String text) implements TestSignal {}

  /// The command gave one answer for several tests, such as an exit code, that says nothing of the
  /// single test. Those that have not finished run again in batches of half the size, free of
  /// charge. Without effect in a batch of one test.
  record Split() implements TestSignal {}
}
