package dev.offload.engine.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is remembered of many tests, perhaps of several configurations. Not thread-safe.
///
/// A record that is not changed is written as it was read, so that a run changes only the lines of
/// its own tests.
public final class History {
  /// How many samples of one outcome are kept where nothing else is said.
  public static final int CAPACITY = 20;

  /// In the order of the file, if it has one: that is nearly sorted.
  private final Map<HistoryKey, Entry> entries = new LinkedHashMap<>();

  /// Whether a key may be one that [HistoryKey#old] gives.
  private boolean hasOld;

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
        : old(key).stream().flatMap(old -> find(old).stream()).findFirst();
  }

  private List<HistoryKey> old(HistoryKey key) {
    return hasOld ? key.old() : List.of();
  }

  /// Return everything, in the order of the file.
  public Map<HistoryKey, TestRecord> sorted() {
    Map<HistoryKey, TestRecord> sorted = new LinkedHashMap<>();
    for (Map.Entry<HistoryKey, Entry> entry : inOrder()) {
      sorted.put(entry.getKey(), entry.getValue().value());
    }
    return sorted;
  }

  private List<Map.Entry<HistoryKey, Entry>> inOrder() {
    List<Map.Entry<HistoryKey, Entry>> order = new ArrayList<>(entries.entrySet());
    order.sort(Map.Entry.comparingByKey());
    return order;
  }

  /// Take what a line of a file says. A test that has a record already gets both: that is what a
  /// conflict in version control leaves.
  ///
  /// @param line the line, if it is to be written again as it is while its record is unchanged
  void take(HistoryLine parsed, @Nullable String line) {
    Entry before = entries.get(parsed.key());
    if (before == null) {
      put(parsed.key(), new Entry(parsed.value(), line));
    } else {
      put(parsed.key(), before.value().merged(parsed.value(), Optional.empty(), CAPACITY));
    }
  }

  /// Return the lines of the file, each made when it is asked for.
  Iterable<String> lines() {
    return () -> inOrder().stream().map(History::line).iterator();
  }

  private static String line(Map.Entry<HistoryKey, Entry> of) {
    String line = of.getValue().line();
    return line != null ? line : new HistoryLine(of.getKey(), of.getValue().value()).text();
  }

  /// Add one finished attempt. A record under an old name of the test moves to its name.
  ///
  /// @param capacity how many samples to keep of each outcome
  public void add(HistoryKey key, Sample sample, boolean passed, int capacity) {
    TestRecord record = find(key).orElse(TestRecord.NONE);
    for (HistoryKey old : old(key)) {
      Entry renamed = entries.remove(old);
      if (renamed != null) {
        record = record.merged(renamed.value(), Optional.empty(), capacity);
      }
    }
    put(key, record.with(sample, passed, capacity));
  }

  private void put(HistoryKey key, TestRecord value) {
    put(key, new Entry(value, null));
  }

  private void put(HistoryKey key, Entry entry) {
    entries.put(key, entry);
    hasOld |= key.isOld();
  }

  /// Return what two histories know together; what one of them has and the other has not stays.
  ///
  /// @param base the history both grew from; empty when it is not known
  public static History merge(History base, History ours, History theirs) {
    History merged = new History();
    theirs.entries.forEach(merged::put);
    ours.entries.forEach((key, our) -> {
      Entry their = theirs.entries.get(key);
      if (their == null || their.value().equals(our.value())) {
        merged.put(key, our);
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
