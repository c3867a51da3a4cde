package dev.offload.framework.gotest;

import dev.offload.framework.signal.FilterWords;
import java.util.ArrayList;
import java.util.List;

/// Hold the `filters` of a group: `-run` with a regular expression chooses tests by name, other
/// flags go to the go command, and what is no flag is a pattern of packages.
///
/// @param names what `-run` says, in one line; `.` without it
/// @param flags the other flags
/// @param packages the patterns; empty leaves them to the framework's settings
record GoFilters(String names, List<String> flags, List<String> packages) {
  /// Read the words.
  static GoFilters parse(String filters) {
    String names = ".";
    List<String> flags = new ArrayList<>();
    List<String> packages = new ArrayList<>();
    List<String> words = FilterWords.of(filters).all();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String flag = word.startsWith("--") ? word.substring(1) : word;
      if (flag.equals("-run") && i + 1 < words.size()) {
        names = words.get(++i);
      } else if (flag.startsWith("-run=")) {
        names = flag.substring("-run=".length());
      } else if (GoFlags.takesNext(flag) && i + 1 < words.size()) {
        flags.add(word + "=" + words.get(++i));
      } else if (flag.startsWith("-")) {
        flags.add(word);
      } else {
        packages.add(word);
      }
    }
    String tests = GoPattern.of(names).tests();
    return new GoFilters(tests.isBlank() ? "." : tests.replace("\n", "\\n"), flags, packages);
  }
}
