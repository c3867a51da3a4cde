package dev.offload.framework.nextest;

import dev.offload.framework.signal.FilterWords;
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

  /// Read the words.
  static NextestFilters parse(String filters) {
    FilterWords words = FilterWords.of(filters);
    return new NextestFilters(
        words.all(), words.options(CARGO_VALUES, CARGO_FLAGS), words.options(RUN_VALUES, Set.of()));
  }
}
