package dev.offload.testkit;

import dev.offload.api.test.Outcome;

/// Name the tests of the one fixture project that every framework writes in its own way for
/// [FrameworkContract].
///
/// Each of them, when it begins (its set-up included), appends its name here and a line feed to the
/// file that the environment variable `MODEL_LOG` names.
public enum ModelTest {
  /// Passes, and prints `model output` and `token=[…]`, with the value of the variable
  /// `OFFLOAD_SIGNAL_TOKEN` between the brackets, to standard output.
  PASSES(Outcome.PASSED),
  /// Fails by an assertion whose text holds `the model fails here`.
  FAILS(Outcome.FAILED),
  /// Its set-up fails with the text `the model has no set-up`.
  SET_UP_FAILS(Outcome.ERRORED),
  /// Leaves itself out for the reason `not on this model`, if the framework has reasons.
  SKIPPED(Outcome.SKIPPED),
  /// Sleeps for 1.5 seconds and passes.
  SLOW(Outcome.PASSED),
  /// Ends its process at once, with SIGKILL or an exit code.
  CRASHES(Outcome.CRASHED),
  /// Makes the file `model-flaky` in the project and fails; passes when the file is there.
  FLAKY(Outcome.FAILED),
  /// Passes; has the strangest name the framework allows: blanks at the edges, quotes, `$(id)`,
  /// back-slashes, brackets, ` > `, an emoji.
  STRANGE_NAME(Outcome.PASSED),
  /// Passes; has the name of [#SAME_NAME_FAILS], in another file or group, or in the same.
  SAME_NAME_PASSES(Outcome.PASSED),
  /// Fails; has the name of [#SAME_NAME_PASSES].
  SAME_NAME_FAILS(Outcome.FAILED),
  /// Passes; as deep in groups, classes or modules as is usual.
  NESTED(Outcome.PASSED),
  /// Passes; prints lines that look like Offload's own or the framework's, saying that tests
  /// failed.
  IMITATES(Outcome.PASSED);

  private final Outcome outcome;

  ModelTest(Outcome outcome) {
    this.outcome = outcome;
  }

  /// Return how its first attempt ends.
  public Outcome outcome() {
    return outcome;
  }

  /// Return whether its first attempt may end so: not every framework tells a failed set-up from a
  /// failed test.
  public boolean allows(Outcome found) {
    return found == outcome || (this == SET_UP_FAILS && found == Outcome.FAILED);
  }
}
