package dev.offload.cli.terminal;

import dev.offload.api.test.Outcome;
import java.time.Duration;
import java.util.Locale;

/// Put numbers and outcomes into words, in the same way for every language setting.
final class Words {
  private Words() {}

  /// Return a whole number with commas: `1,204`.
  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// Return `1 test`, `2 tests`.
  static String count(long number, String noun) {
    return number(number) + " " + noun + (number == 1 ? "" : noun.endsWith("x") ? "es" : "s");
  }

  /// Return a duration with about three digits: `0 ms`, `12 ms`, `12.3 s`, `1m 05s`.
  static String exact(Duration duration) {
    if (duration.toMillis() < 1000) {
      return duration.toMillis() + " ms";
    }
    return duration.toSeconds() < 60
        ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
        : rough(duration);
  }

  /// Return a duration in whole seconds: `12 s`, `1m 05s`, `2h 03m`.
  static String rough(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%dh %02dm", seconds / 3600, seconds / 60 % 60);
  }

  /// Return `12 tests/s`, or `0.5 tests/s`.
  static String speed(double perSecond) {
    return (perSecond < 10
            ? String.format(Locale.ROOT, "%.1f", perSecond)
            : number(Math.round(perSecond)))
        + " tests/s";
  }

  /// Return why a test was not run, without saying that it was not.
  static String notRunReason(String reason) {
    String line = SafeText.firstLine(reason);
    return line.startsWith("not run: ") ? line.substring("not run: ".length()) : line;
  }

  /// Return the label of an attempt's end.
  static String label(Outcome outcome) {
    return switch (outcome) {
      case PASSED -> "PASSED";
      case FAILED -> "FAILED";
      case ERRORED -> "ERROR";
      case SKIPPED -> "SKIPPED";
      case TIMED_OUT -> "TIMED OUT";
      case CRASHED -> "CRASHED";
      case NOT_REPORTED -> "NOT REPORTED";
      case LOST -> "LOST";
    };
  }
}
