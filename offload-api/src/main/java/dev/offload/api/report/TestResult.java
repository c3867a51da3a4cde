package dev.offload.api.report;

import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Hold all that is known of one test, at some point of the event stream.
///
/// @param test the test
/// @param verdict its verdict; [Verdict#NOT_RUN] while it is undecided
/// @param decided whether the verdict is final
/// @param reason why, for a test that did not pass or is flaky
/// @param attempts its finished attempts, in order of their end
/// @param quarantine why its end does not change the exit code, if it is so
public record TestResult(
    TestCase test,
    Verdict verdict,
    boolean decided,
    String reason,
    List<Attempt> attempts,
    @Nullable Quarantine quarantine) {
  /// Copy.
  public TestResult {
    attempts = List.copyOf(attempts);
  }

  /// Return whether it ended in a way that would change the exit code, were it not quarantined.
  public boolean isExcused() {
    return quarantine != null
        && switch (verdict) {
          case FAILED, FLAKY, NOT_RUN -> true;
          case PASSED, SKIPPED -> false;
        };
  }

  /// Return the attempt that gave the verdict: the last one that agrees with it; nothing for a test
  /// that was not run, or that is failed because its sandboxes died.
  public Optional<Attempt> decidingAttempt() {
    for (Attempt attempt : attempts.reversed()) {
      if (agrees(attempt)) {
        return Optional.of(attempt);
      }
    }
    return Optional.empty();
  }

  private boolean agrees(Attempt attempt) {
    Outcome outcome = attempt.report().outcome();
    return switch (verdict) {
      case PASSED, FLAKY -> outcome == Outcome.PASSED;
      case FAILED -> outcome.isFailure() && !attempt.voided();
      case SKIPPED -> outcome == Outcome.SKIPPED;
      case NOT_RUN -> false;
    };
  }

  /// Return the time of [#decidingAttempt], or zero.
  public Duration decidingDuration() {
    return decidingAttempt().map(attempt -> attempt.report().duration()).orElse(Duration.ZERO);
  }

  /// One finished attempt.
  ///
  /// @param number one-based, in order of start
  /// @param started time since the start of the run
  /// @param voided whether it was judged again because its sandbox was condemned
  public record Attempt(
      int number,
      SandboxId sandbox,
      BatchId batch,
      Duration started,
      AttemptReport report,
      boolean voided) {}
}
