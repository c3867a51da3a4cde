package dev.offload.engine.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is remembered of many tests, perhaps of several configurations. Not thread-safe.
///
/// A record that is not changed is written as it was read, so that a run changes only the lines of
/// its own tests.
public final class History {
  /// How many samples of one outcome are kept where nothing else is said.
  public static final int CAPACITY = 20;

  private final Map<HistoryKey, Entry> entries = new HashMap<>();

  /// @param line the line it was read from, when it has not been changed since
  private record Entry(TestRecord value, @Nullable String line) {}

  /// Return how many tests are remembered.
  public int size() {
    return entries.size();
  }

  /// Return whether any test of a configuration is remembered.
  ///
  /// @param config the base name of its file
  public boolean knows(String config) {
    return entries.keySet().stream().anyMatch(key -> key.config().equals(config));
  }

  /// Return what is remembered of a test.
  public Optional<TestRecord> find(HistoryKey key) {
    Entry entry = entries.get(key);
    return entry == null ? Optional.empty() : Optional.of(entry.value());
  }

  /// Return what is remembered of a test under its name, or under one that an earlier Offload gave
  /// it.
  public Optional<TestRecord> lookUp(HistoryKey key) {
    Entry entry = entries.get(key);
    return entry != null
        ? Optional.of(entry.value())
        : key.old().stream().flatMap(old -> find(old).stream()).findFirst();
  }

  /// Return everything, in the order of the file.
  public Map<HistoryKey, TestRecord> sorted() {
    Map<HistoryKey, TestRecord> sorted = new TreeMap<>();
    entries.forEach((key, entry) -> sorted.put(key, entry.value()));
    return sorted;
  }

  /// Take a line of a file. A test that has a record already gets both: that is what a conflict in
  /// version control leaves.
  ///
  /// @throws IllegalArgumentException saying what is wrong with the line
  void read(String line) {
    HistoryLine parsed = HistoryLine.parse(line);
    Entry before = entries.get(parsed.key());
    if (before == null) {
      entries.put(parsed.key(), new Entry(parsed.value(), line));
    } else {
      put(parsed.key(), before.value().merged(parsed.value(), Optional.empty(), CAPACITY));
    }
  }

  /// Return the lines of the file.
  List<String> lines() {
    List<String> lines = new ArrayList<>(entries.size());
    for (Map.Entry<HistoryKey, Entry> entry : new TreeMap<>(entries).entrySet()) {
      String line = entry.getValue().line();
      lines.add(
          line != null ? line : new HistoryLine(entry.getKey(), entry.getValue().value()).text());
    }
    return lines;
  }

  /// Add one finished attempt. A record under an old name of the test moves to its name.
  ///
  /// @param capacity how many samples to keep of each outcome
  public void add(HistoryKey key, Sample sample, boolean passed, int capacity) {
    TestRecord record = find(key).orElse(TestRecord.NONE);
    for (HistoryKey old : key.old()) {
      Entry renamed = entries.remove(old);
      if (renamed != null) {
        record = record.merged(renamed.value(), Optional.empty(), capacity);
      }
    }
    put(key, record.with(sample, passed, capacity));
  }

  private void put(HistoryKey key, TestRecord value) {
    entries.put(key, new Entry(value, null));
  }

  /// Return what two histories know together; what one of them has and the other has not stays.
  ///
  /// @param base the history both grew from; empty when it is not known
  public static History merge(History base, History ours, History theirs) {
    History merged = new History();
    merged.entries.putAll(theirs.entries);
    ours.entries.forEach((key, our) -> {
      Entry their = theirs.entries.get(key);
      if (their == null || their.value().equals(our.value())) {
        merged.entries.put(key, our);
      } else {
        merged.put(key, our.value().merged(their.value(), base.find(key), capacity(our, their)));
      }
    });
    return merged;
  }

  private static int capacity(Entry... entries) {
    int largest = CAPACITY;
    for (Entry entry : entries) {
      largest = Math.max(largest, entry.value().passes().size());
      largest = Math.max(largest, entry.value().fails().size());
    }
    return largest;
  }
}
