package dev.offload.cli;

/// Name the exit codes that commands choose themselves. Those of a run come from the engine; all of
/// them are described in `docs/reference/exit-codes.md`.
final class ExitCodes {
  /// Everything went well.
  static final int OK = 0;

  /// There is nothing to show: no report, no journal, no selected test.
  static final int NOTHING_THERE = 1;

  /// No test was found.
  static final int NO_TESTS = 4;

  /// The command line is wrong.
  static final int USAGE = 64;

  /// Offload has a bug.
  static final int INTERNAL = 70;

  /// Something could not be written.
  static final int OUTPUT = 74;

  /// The configuration is wrong, or what it names is not there.
  static final int CONFIGURATION = 78;

  /// The user stopped the command.
  static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
