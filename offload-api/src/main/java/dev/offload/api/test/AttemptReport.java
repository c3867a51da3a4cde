package dev.offload.api.test;

import java.time.Duration;

/// Hold what one finished attempt of one test has to say for itself.
///
/// @param outcome how it ended
/// @param duration time spent in the test, set-up and tear-down included; zero when unknown
/// @param message one line that names the cause, for example `AssertionError: 1 != 2`; empty when
///   there is nothing to say
/// @param details the whole text of the failure, or the reason of a skip; empty when there is none
/// @param stdout what the test wrote to standard output, shortened by the framework's reporter when
///   it is very long
/// @param stderr the same for standard error
public record AttemptReport(
    Outcome outcome,
    Duration duration,
    String message,
    String details,
    String stdout,
    String stderr) {

  /// Make a report that holds no text.
  public static AttemptReport of(Outcome outcome, Duration duration) {
    return new AttemptReport(outcome, duration, "", "", "", "");
  }

  /// Make a report with a one-line cause and its text.
  public static AttemptReport of(
      Outcome outcome, Duration duration, String message, String details) {
    return new AttemptReport(outcome, duration, message, details, "", "");
  }
}
