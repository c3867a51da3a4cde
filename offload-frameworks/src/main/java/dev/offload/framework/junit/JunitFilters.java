package dev.offload.framework.junit;

import dev.offload.api.command.ShellWords;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Hold the `filters` of a group: the options of JUnit's own console launcher that choose tests,
/// and the folders of modules.
///
/// @param options values by the long name of their option, without the dashes
/// @param modules folders; empty for all
/// @param mistake what is wrong with the words; empty when nothing is
record JunitFilters(Map<String, List<String>> options, List<String> modules, String mistake) {
  /// What Maven takes for a test class: `Test…`, `…Test`, `…Tests` and `…TestCase`.
  private static final String DEFAULT_CLASSES =
      "(.*\\.)?(Test[^.$]*|[^.$]*Test|[^.$]*Tests|[^.$]*TestCase)";

  private static final String CLASSES = "include-classname";

  private static final Map<String, String> SHORT =
      Map.of(
          "-t", "include-tag",
          "-T", "exclude-tag",
          "-n", CLASSES,
          "-N", "exclude-classname",
          "-e", "include-engine",
          "-E", "exclude-engine",
          "-p", "include-package");

  private static final List<String> LONG =
      List.of(
          "include-tag",
          "exclude-tag",
          CLASSES,
          "exclude-classname",
          "include-engine",
          "exclude-engine",
          "include-package",
          "exclude-package");

  /// Read the words.
  static JunitFilters parse(String filters) {
    Map<String, List<String>> options = new LinkedHashMap<>();
    List<String> modules = new ArrayList<>();
    String mistake = "";
    List<String> words;
    try {
      words = ShellWords.split(filters);
    } catch (IllegalArgumentException e) {
      return new JunitFilters(Map.of(), List.of(), "the quoting is wrong: " + e.getMessage());
    }
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-")) {
        modules.add(word.endsWith("/") ? word.substring(0, word.length() - 1) : word);
        continue;
      }
      int sign = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = sign < 0 ? word : word.substring(0, sign);
      String option = name.startsWith("--") ? name.substring(2) : SHORT.getOrDefault(name, "");
      if (!LONG.contains(option)) {
        mistake = "`" + word + "` is not one of --" + String.join(", --", LONG);
      } else if (sign < 0 && i + 1 == words.size()) {
        mistake = "`" + word + "` needs a value";
      } else {
        String value = sign < 0 ? words.get(++i) : word.substring(sign + 1);
        mistake = mistake.isEmpty() ? checked(option, value) : mistake;
        options.computeIfAbsent(option, _ -> new ArrayList<>()).add(value);
      }
    }
    return new JunitFilters(options, modules, mistake);
  }

  private static String checked(String option, String value) {
    if (option.endsWith("classname")) {
      try {
        Pattern.compile(value);
      } catch (PatternSyntaxException e) {
        return "`" + value + "` is no regular expression: " + e.getDescription();
      }
    }
    return "";
  }

  /// Add them to a plan for listing.
  void addTo(JunitPlan plan) {
    if (!options.containsKey(CLASSES)) {
      plan.add(CLASSES, DEFAULT_CLASSES);
    }
    options.forEach(plan::add);
  }
}
