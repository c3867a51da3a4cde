package dev.offload.engine;

import dev.offload.api.report.RunResults;
import dev.offload.api.test.Verdict;

/// Name the exit codes of a run, and find the one its results call for.
public final class ExitCodes {
  /// Every test passed or was skipped.
  public static final int PASSED = 0;

  /// At least one test failed.
  public static final int FAILED = 1;

  /// All passed, some only on retry.
  public static final int FLAKY = 2;

  /// No test failed, but some could not be run.
  public static final int NOT_RUN = 3;

  /// No test was found.
  public static final int NO_TESTS = 4;

  /// The command line is wrong.
  public static final int USAGE = 64;

  /// A bug of Offload.
  public static final int INTERNAL = 70;

  /// A file, or standard output, could not be written.
  public static final int CANNOT_WRITE = 74;

  /// The configuration is wrong, or asks for something that is not there.
  public static final int CONFIGURATION = 78;

  /// Interrupted from the keyboard.
  public static final int INTERRUPTED = 130;

  /// Ended by SIGTERM.
  public static final int TERMINATED = 143;

  private ExitCodes() {}

  /// Return the exit code for a run whose every test is decided.
  public static int of(RunResults results) {
    if (results.total() == 0) {
      boolean emptyShard = results.shard().filter(shard -> shard.suiteSize() > 0).isPresent();
      return emptyShard ? PASSED : NO_TESTS;
    }
    int failed = 0;
    int notRun = 0;
    int flaky = 0;
    for (Verdict verdict : results.judgedVerdicts()) {
      switch (verdict) {
        case FAILED -> failed++;
        case NOT_RUN -> notRun++;
        case FLAKY -> flaky++;
        case PASSED, SKIPPED -> {}
      }
    }
    if (failed > 0) {
      return FAILED;
    }
    if (notRun > 0) {
      return NOT_RUN;
    }
    return flaky > 0 ? FLAKY : PASSED;
  }
}
