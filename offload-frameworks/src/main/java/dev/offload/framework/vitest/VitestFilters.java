package dev.offload.framework.vitest;

import dev.offload.framework.signal.FilterWords;
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

  /// Read the words.
  static VitestFilters parse(String filters) {
    FilterWords words = FilterWords.of(filters);
    return new VitestFilters(words.all(), words.options(KEPT, Set.of()));
  }

  /// Return whether projects are chosen, so that another group may choose others.
  boolean choosesProjects() {
    return options.stream().anyMatch(word -> word.startsWith("--project"));
  }
}
