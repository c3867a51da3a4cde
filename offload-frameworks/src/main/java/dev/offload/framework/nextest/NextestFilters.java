package dev.offload.framework.nextest;

import dev.offload.api.command.ShellWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Hold the `filters` of a group. All of them choose what is listed; what decides about the build
/// holds for the build too, and what decides how tests run for their execution.
///
/// @param words all words
/// @param cargo the words that cargo builds by
/// @param run the words that nextest runs by
record NextestFilters(List<String> words, List<String> cargo, List<String> run) {
  private static final Set<String> CARGO_VALUES =
      Set.of(
          "-p",
          "--package",
          "-F",
          "--features",
          "--exclude",
          "--bin",
          "--test",
          "--example",
          "--bench",
          "--cargo-profile",
          "--target",
          "--target-dir",
          "--manifest-path",
          "--config");

  private static final Set<String> CARGO_FLAGS =
      Set.of(
          "--all-features",
          "--no-default-features",
          "--workspace",
          "--all",
          "--lib",
          "--bins",
          "--tests",
          "--examples",
          "--benches",
          "--all-targets",
          "--release",
          "-r",
          "--locked",
          "--offline",
          "--frozen");

  private static final Set<String> RUN_VALUES = Set.of("-P", "--profile", "--run-ignored");

  NextestFilters {
    words = List.copyOf(words);
    cargo = List.copyOf(cargo);
    run = List.copyOf(run);
  }

  /// Read the words; bad quoting leaves one that nextest refuses and shows.
  static NextestFilters parse(String filters) {
    List<String> words;
    try {
      words = ShellWords.split(filters);
    } catch (IllegalArgumentException _) {
      words = List.of(filters);
    }
    List<String> cargo = new ArrayList<>();
    List<String> run = new ArrayList<>();
    for (int i = 0; i < words.size() && !words.get(i).equals("--"); i++) {
      String word = words.get(i);
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      boolean isCargos = CARGO_VALUES.contains(name);
      if (CARGO_FLAGS.contains(word)) {
        cargo.add(word);
      } else if (isCargos || RUN_VALUES.contains(name)) {
        List<String> kept = isCargos ? cargo : run;
        kept.add(word);
        if (equals < 0 && i + 1 < words.size()) {
          kept.add(words.get(++i));
        }
      }
    }
    return new NextestFilters(words, cargo, run);
  }
}
