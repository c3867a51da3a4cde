package dev.offload.engine.history;

import java.util.List;

/// Name one test in a history.
///
/// @param config the base name of the configuration file
/// @param id the test's name
public record HistoryKey(String config, String id) implements Comparable<HistoryKey> {
  /// The earlier Offload wrote the ids of nextest and vitest with one of these before them.
  private static final List<String> OLD_PREFIXES = List.of(" > ", " ");

  /// Return the keys under which an earlier Offload may have recorded this test.
  List<HistoryKey> old() {
    return OLD_PREFIXES.stream().map(prefix -> new HistoryKey(config, prefix + id)).toList();
  }

  /// Return whether this may be a key that [#old] gives for another.
  boolean isOld() {
    return id.startsWith(" ");
  }

  /// Compare by code points, which is the order of the bytes in the file.
  @Override
  public int compareTo(HistoryKey other) {
    int byConfig = compare(config, other.config);
    return byConfig != 0 ? byConfig : compare(id, other.id);
  }

  private static int compare(String one, String other) {
    int at = 0;
    int end = Math.min(one.length(), other.length());
    while (at < end && one.charAt(at) == other.charAt(at)) {
      at++;
    }
    if (at == end) {
      return Integer.compare(one.length(), other.length());
    }
    char first = one.charAt(at);
    char second = other.charAt(at);
    if (Character.isSurrogate(first) != Character.isSurrogate(second)) {
      return Character.isSurrogate(first) ? 1 : -1;
    }
    return Character.compare(first, second);
  }
}
