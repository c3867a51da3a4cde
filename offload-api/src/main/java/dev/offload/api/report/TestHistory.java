package dev.offload.api.report;

import dev.offload.api.test.TestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Tell a report what is remembered of tests from earlier runs. It is something beside the events:
/// a report has to be whole without it.
public interface TestHistory {
  /// Nothing is remembered.
  TestHistory NONE = _ -> List.of();

  /// Return what is remembered of a test's attempts, oldest first; the run that is reported may be
  /// among them. The first call may take the time of reading a file.
  List<PastAttempt> of(TestId test);

  /// One attempt of an earlier run.
  ///
  /// @param run the name of the run
  /// @param at when it ended
  /// @param duration how long it took
  record PastAttempt(String run, Instant at, Duration duration, boolean passed) {}
}
