package dev.offload.framework.gotest;

import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Collect what one test and its sub-tests say until they have ended.
final class GoTestRun {
  private static final String MARK = "\u0016";
  private static final int TEXT_CHARS = 256 * 1024;
  private static final Pattern LOGGED = Pattern.compile("^\\s+(\\S+\\.go:\\d+: .*)$");
  private static final Pattern END = Pattern.compile("^(exit status \\d+|signal: .+)$");
  private static final Pattern FRAMING =
      Pattern.compile("^\\s*(=== (RUN|PAUSE|CONT|NAME) .*|--- PASS: .*)$");

  private final StringBuilder text = new StringBuilder();
  private final Set<String> verdicts = new HashSet<>();
  private final List<String> failedSubTests = new ArrayList<>();
  private int copies;
  private Outcome outcome = Outcome.SKIPPED;
  private Duration duration = Duration.ZERO;

  /// @param copies how many functions have this name
  GoTestRun(int copies) {
    this.copies = copies;
  }

  /// @param said a piece of output; in a line with a long name of a sub-test there may be marks by
  ///   which a program tells go where its own lines begin
  void output(String said) {
    String piece = said.replace(MARK, "");
    if (piece.startsWith("--- FAIL: ")) {
      int blank = piece.indexOf(' ', "--- FAIL: ".length());
      verdicts.add(blank < 0 ? piece.strip() : piece.substring(0, blank));
    }
    if (text.length() < TEXT_CHARS) {
      text.append(piece);
    }
  }

  /// Return whether the test itself came to an end and told that it failed; a failure told of a
  /// program that ended without a word has nothing of that.
  boolean saysThatItFailed(String name) {
    return verdicts.contains("--- FAIL: " + name);
  }

  void subTestFailed(String name) {
    failedSubTests.add(name);
  }

  /// Take the end of one function.
  ///
  /// @return whether all have ended
  boolean ended(Outcome found, Duration took) {
    boolean isWorse = found == Outcome.FAILED || outcome == Outcome.SKIPPED;
    outcome = isWorse ? found : outcome;
    duration = duration.plus(took);
    copies--;
    return copies <= 0;
  }

  /// Return the report of a test in which the program ended.
  AttemptReport crashed() {
    String how = "";
    for (String line : text.toString().lines().toList()) {
      if (isPanic(line)) {
        how = line;
        break;
      }
      if (END.matcher(line).matches()) {
        how = line;
      }
    }
    String cause = "its process ended while it ran" + (how.isEmpty() ? "" : ": " + how);
    return report(Outcome.CRASHED, cause);
  }

  /// Return the report of a test that has ended.
  AttemptReport report() {
    return report(outcome, "");
  }

  /// Return a report with an outcome of its own.
  ///
  /// @param cause one line; where it is empty, the test's own words are taken
  AttemptReport report(Outcome judged, String cause) {
    String output = withoutFraming();
    return switch (judged) {
      case PASSED -> new AttemptReport(judged, duration, "", "", output, "");
      case SKIPPED -> {
        String reason = reason(output);
        yield AttemptReport.of(judged, duration, reason, reason);
      }
      case FAILED, ERRORED, TIMED_OUT, CRASHED, NOT_REPORTED, LOST ->
          AttemptReport.of(
              judged, duration, cause.isEmpty() ? message(output) : cause, details(output));
    };
  }

  private String withoutFraming() {
    StringBuilder kept = new StringBuilder();
    text.toString()
        .lines()
        .filter(line -> !FRAMING.matcher(line).matches())
        .forEach(line -> kept.append(line).append('\n'));
    return kept.toString().stripTrailing();
  }

  private String message(String output) {
    String line = firstCause(output);
    if (failedSubTests.isEmpty()) {
      return line;
    }
    String more = failedSubTests.size() > 1 ? " and " + (failedSubTests.size() - 1) + " more" : "";
    return failedSubTests.getFirst() + more + (line.isEmpty() ? " failed" : ": " + line);
  }

  private String details(String output) {
    return failedSubTests.isEmpty()
        ? output
        : "Failed sub-tests: " + String.join(", ", failedSubTests) + "\n" + output;
  }

  private static String firstCause(String output) {
    String logged = "";
    for (String line : output.lines().toList()) {
      if (isPanic(line)) {
        return line;
      }
      Matcher matcher = LOGGED.matcher(line);
      if (logged.isEmpty() && matcher.matches()) {
        logged = matcher.group(1);
      }
    }
    return logged;
  }

  private static boolean isPanic(String line) {
    return line.startsWith("panic: ") || line.startsWith("fatal error: ");
  }

  private static String reason(String output) {
    return output
        .lines()
        .filter(line -> !line.strip().startsWith("--- SKIP"))
        .map(LOGGED::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .reduce((_, last) -> last)
        .orElse("");
  }
}
