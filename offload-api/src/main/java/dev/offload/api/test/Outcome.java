package dev.offload.api.test;

/// Say how one attempt of one test ended.
public enum Outcome {
  /// The test ran and held.
  PASSED,
  /// The test ran and an assertion of its body did not hold.
  FAILED,
  /// The test could not be judged: its set-up, tear-down or collection went wrong.
  ERRORED,
  /// The framework left the test out, for a reason of the test's own.
  SKIPPED,
  /// The test ran longer than its time limit and was ended.
  TIMED_OUT,
  /// The process that ran the test ended in the middle of it; the sandbox lived on.
  CRASHED,
  /// The process ended well and said nothing of the test.
  NOT_REPORTED,
  /// The sandbox died, or was condemned, before the test was finished.
  LOST;

  /// Return whether this outcome is the test's own failure, so that it uses up the test's retry
  /// budget.
  public boolean isFailure() {
    return switch (this) {
      case FAILED, ERRORED, TIMED_OUT, CRASHED -> true;
      case PASSED, SKIPPED, NOT_REPORTED, LOST -> false;
    };
  }
}
