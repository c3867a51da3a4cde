package dev.offload.cli.terminal;

import dev.offload.api.report.TestResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Find where a test failed: the last place in its own file that its failure names, else where the
/// test is.
final class FailurePlace {
  private static final Pattern PLACE =
      Pattern.compile("([^\\s\"'(),:]+\\.[A-Za-z]{1,6})(?:\", line |:)(\\d{1,7})");

  private FailurePlace() {}

  /// Return `tests/test_a.py:12`, or an empty text when nothing is known.
  static String of(TestResult test) {
    String file = test.test().file();
    String details = test.decidingAttempt().map(attempt -> attempt.report().details()).orElse("");
    String name = file.substring(file.lastIndexOf('/') + 1);
    String line = test.test().line() > 0 ? Integer.toString(test.test().line()) : "";
    Matcher place = PLACE.matcher(details);
    String any = "";
    while (place.find()) {
      String found = place.group(1);
      if (name.isEmpty()) {
        any = place.group();
      } else if (found.equals(name) || found.endsWith("/" + name)) {
        line = place.group(2);
      }
    }
    return file.isEmpty() ? any : line.isEmpty() ? file : file + ":" + line;
  }
}
