package dev.offload.framework.gotest;

import dev.offload.api.test.TestCase;
import java.util.List;

/// Say what the go command needs to run one test; it is the selector of a [TestCase].
///
/// @param pkg the import path of the package
/// @param name the name of the function
/// @param copies how many functions of the package have this name: its own tests and its external
///   ones may share it
/// @param flags flags that the group asked for
record GoTestName(String pkg, String name, int copies, List<String> flags) {
  private static final int FIXED = 3;

  GoTestName {
    flags = List.copyOf(flags);
  }

  String selector() {
    return pkg
        + "\n"
        + name
        + "\n"
        + copies
        + (flags.isEmpty() ? "" : "\n" + String.join("\n", flags));
  }

  static GoTestName of(TestCase test) {
    List<String> parts = List.of(test.selector().split("\n"));
    return new GoTestName(
        parts.get(0),
        parts.get(1),
        Integer.parseInt(parts.get(2)),
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
}
