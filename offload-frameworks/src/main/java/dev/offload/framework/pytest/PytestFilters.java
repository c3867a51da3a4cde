package dev.offload.framework.pytest;

import dev.offload.api.command.ShellWords;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hold the `filters` of a group: what pytest's own `-k` and `-m` select, and the other arguments.
///
/// @param keyword the expression of the last `-k`, or nothing
/// @param mark the expression of the last `-m`, or nothing
/// @param others the other words, in their order
record PytestFilters(@Nullable String keyword, @Nullable String mark, List<String> others) {
  static PytestFilters of(String filters) {
    return of(ShellWords.split(filters));
  }

  private static PytestFilters of(List<String> words) {
    String keyword = null;
    String mark = null;
    List<String> others = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean hasNext = i + 1 < words.size();
      if (word.equals("--")) {
        others.addAll(words.subList(i, words.size()));
        break;
      } else if (word.equals("-k") && hasNext) {
        keyword = words.get(++i);
      } else if (word.equals("-m") && hasNext) {
        mark = words.get(++i);
      } else if (isJoined(word, "-k")) {
        keyword = word.substring(2);
      } else if (isJoined(word, "-m")) {
        mark = word.substring(2);
      } else {
        others.add(word);
      }
    }
    return new PytestFilters(keyword, mark, List.copyOf(others));
  }

  private static boolean isJoined(String word, String option) {
    return word.startsWith(option) && word.length() > 2 && word.charAt(2) != '=';
  }
}
