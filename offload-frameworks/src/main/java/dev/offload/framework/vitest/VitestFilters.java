package dev.offload.framework.vitest;

import dev.offload.api.command.ShellWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Hold the `filters` of a group. All of them choose what is listed; those that say how tests run
/// hold for their execution too.
///
/// @param words all words
/// @param options the options that hold for execution, in their order
record VitestFilters(List<String> words, List<String> options) {
  private static final Set<String> KEPT =
      Set.of(
          "-c",
          "--config",
          "-r",
          "--root",
          "--dir",
          "--mode",
          "--environment",
          "--project",
          "--workspace");

  VitestFilters {
    words = List.copyOf(words);
    options = List.copyOf(options);
  }

  /// Read the words; bad quoting leaves one that vitest finds no file for and shows.
  static VitestFilters parse(String filters) {
    List<String> words;
    try {
      words = ShellWords.split(filters);
    } catch (IllegalArgumentException _) {
      words = List.of(filters);
    }
    List<String> options = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int equals = word.indexOf('=');
      if (KEPT.contains(equals < 0 ? word : word.substring(0, equals))) {
        options.add(word);
        if (equals < 0 && i + 1 < words.size()) {
          options.add(words.get(++i));
        }
      }
    }
    return new VitestFilters(words, options);
  }

  /// Return whether projects are chosen, so that another group may choose others.
  boolean choosesProjects() {
    return options.stream().anyMatch(word -> word.startsWith("--project"));
  }
}
