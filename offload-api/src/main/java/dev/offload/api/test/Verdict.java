package dev.offload.api.test;

/// Say what the run concludes about one test; every discovered test ends in exactly one of these.
public enum Verdict {
  /// Passed at its first judged attempt.
  PASSED,
  /// Failed, and no attempt passed.
  FAILED,
  /// Passed after a failed attempt.
  FLAKY,
  /// Left out by the framework.
  SKIPPED,
  /// Could not be judged, for a reason that is not the test's.
  NOT_RUN
}
