package dev.offload.engine.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Expand `${NAME}`, `${NAME:-default}` and `$$` in a value. A lone `$` is itself, a default counts
/// only when the variable is not set at all, and what was put in is not expanded again.
///
/// @param text the expanded value
/// @param mistakes what could not be expanded, one sentence each
record EnvExpansion(String text, List<String> mistakes) {
  static EnvExpansion of(String value, Map<String, String> environment) {
    StringBuilder text = new StringBuilder();
    List<String> mistakes = new ArrayList<>();
    int i = 0;
    while (i < value.length()) {
      if (value.startsWith("$$", i)) {
        text.append('$');
        i += 2;
      } else if (value.startsWith("${", i)) {
        int end = value.indexOf('}', i);
        if (end < 0) {
          mistakes.add("has `${` without `}`; write `$$` for a plain `$`");
          break;
        }
        text.append(variable(value.substring(i + 2, end), environment, mistakes));
        i = end + 1;
      } else {
        text.append(value.charAt(i++));
      }
    }
    return new EnvExpansion(text.toString(), mistakes);
  }

  private static String variable(
      String inner, Map<String, String> environment, List<String> mistakes) {
    int dash = inner.indexOf(":-");
    String name = dash < 0 ? inner : inner.substring(0, dash);
    if (name.isEmpty()) {
      mistakes.add("has `${…}` without the name of a variable");
      return "";
    }
    String found = environment.get(name);
    if (found != null) {
      return found;
    }
    if (dash >= 0) {
      return inner.substring(dash + 2);
    }
    mistakes.add(
        "needs the environment variable "
            + name
            + ", which is not set; set it, or give a default: `${"
            + name
            + ":-…}`");
    return "";
  }
}
