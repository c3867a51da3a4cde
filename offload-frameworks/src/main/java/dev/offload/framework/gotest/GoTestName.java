package dev.offload.framework.gotest;

import dev.offload.api.test.TestCase;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Say what the go command needs to run one test; it is the selector of a [TestCase].
///
/// @param pkg the import path of the package
/// @param directory the directory of the package, relative to the project root; empty where it is
///   not below that, or not known
/// @param name the name of the function
/// @param copies how many functions of the package have this name: its own tests and its external
///   ones may share it
/// @param flags flags that the group asked for
record GoTestName(String pkg, String directory, String name, int copies, List<String> flags) {
  private static final int FIXED = 4;
  private static final Pattern LAST = Pattern.compile("(Test|Example|Fuzz)[\\p{L}\\p{N}_]*$");

  GoTestName {
    flags = List.copyOf(flags);
  }

  String selector() {
    List<String> lines = new ArrayList<>(List.of(pkg, directory, name, Integer.toString(copies)));
    lines.addAll(flags);
    return String.join("\n", lines);
  }

  static GoTestName of(TestCase test) {
    List<String> parts = List.of(test.selector().split("\n"));
    return new GoTestName(
        parts.get(0),
        parts.get(1),
        parts.get(2),
        Integer.parseInt(parts.get(3)),
        parts.subList(FIXED, parts.size()));
  }

  /// Return whether a line of a list names a function that `go test` runs: a benchmark it does not
  /// run, and what a `TestMain` prints is no function.
  static boolean isTest(String line) {
    for (String prefix : List.of("Test", "Example", "Fuzz")) {
      if (line.startsWith(prefix)) {
        String rest = line.substring(prefix.length());
        return rest.isEmpty()
            || (!Character.isLowerCase(rest.codePointAt(0))
                && rest.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c == '_'));
      }
    }
    return false;
  }

  /// Return whether a line ends with what could be the name of a test.
  static boolean endsAsTest(String line) {
    Matcher matcher = LAST.matcher(line);
    return matcher.find() && isTest(matcher.group()) && !matcher.group().equals("TestMain");
  }
}
