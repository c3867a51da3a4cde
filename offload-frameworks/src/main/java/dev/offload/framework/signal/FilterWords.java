package dev.offload.framework.signal;

import dev.offload.api.command.ShellWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Hold the words of a group's `filters` where all of them go to the framework's tool.
///
/// @param all the words, in order
public record FilterWords(List<String> all) {
  /// Copy.
  public FilterWords {
    all = List.copyOf(all);
  }

  /// Split them; bad quoting leaves one word, which the tool refuses and shows.
  public static FilterWords of(String filters) {
    try {
      return new FilterWords(ShellWords.split(filters));
    } catch (IllegalArgumentException _) {
      return new FilterWords(List.of(filters));
    }
  }

  /// Return those options that are wanted, in order, up to `--`.
  ///
  /// @param withValue options whose value is joined by `=` or is the next word
  /// @param flags options without a value
  public List<String> options(Set<String> withValue, Set<String> flags) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < all.size() && !all.get(i).equals("--"); i++) {
      String word = all.get(i);
      int equals = word.indexOf('=');
      if (flags.contains(word)) {
        kept.add(word);
      } else if (withValue.contains(equals < 0 ? word : word.substring(0, equals))) {
        kept.add(word);
        if (equals < 0 && i + 1 < all.size()) {
          kept.add(all.get(++i));
        }
      }
    }
    return kept;
  }
}
