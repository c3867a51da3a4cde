package dev.offload.report.github;

import dev.offload.api.test.TestCase;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Say where a test failed.
///
/// @param line the one-based line in the test's file, or 0 when it is not known
record FailurePlace(int line) {

  /// Find the last line of the test's own file that the text of its failure names, as
  /// `tests/test_a.py:12`, `File "tests/test_a.py", line 12` or `(a.test.ts:12:5)`; else the line
  /// where the test begins.
  static FailurePlace of(TestCase test, String details) {
    String file = test.file();
    if (!file.isEmpty()) {
      String name = file.substring(file.lastIndexOf('/') + 1);
      Matcher named =
          Pattern.compile("(?<![\\w.-])" + Pattern.quote(name) + "(?:\", line |:)(\\d{1,7})(?!\\d)")
              .matcher(details);
      int last = 0;
      while (named.find()) {
        last = Integer.parseInt(named.group(1));
      }
      if (last > 0) {
        return new FailurePlace(last);
      }
    }
    return new FailurePlace(test.line());
  }
}
