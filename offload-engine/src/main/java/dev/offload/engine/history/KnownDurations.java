package dev.offload.engine.history;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How long the tests of one configuration are expected to run, each by its own history: what a run
/// needs of a history, in a small part of its memory.
public final class KnownDurations {
  private final String config;
  private final Map<HistoryKey, Expectation> known = new HashMap<>();

  /// Begin with nothing.
  ///
  /// @param config the base name of the configuration file
  public KnownDurations(String config) {
    this.config = config;
  }

  /// Take a record; those of other configurations are left out. Of two of the same test the longer
  /// counts.
  public void add(HistoryKey key, TestRecord record) {
    if (key.config().equals(config)) {
      record
          .usual()
          .map(usual -> Expectation.seconds(usual, record.longest()))
          .ifPresent(expected -> known.merge(key, expected, Expectation::longer));
    }
  }

  /// Return whether no test is known.
  public boolean isEmpty() {
    return known.isEmpty();
  }

  /// Return what each known test usually takes, in no order.
  public List<Duration> usual() {
    return known.values().stream().map(Expectation::usual).toList();
  }

  /// Return what is expected of a test, under its name or one that an earlier Offload gave it.
  Optional<Expectation> of(String id) {
    HistoryKey key = new HistoryKey(config, id);
    Expectation expected = known.get(key);
    return expected != null
        ? Optional.of(expected)
        : key.old().stream()
            .flatMap(old -> Optional.ofNullable(known.get(old)).stream())
            .findFirst();
  }
}
