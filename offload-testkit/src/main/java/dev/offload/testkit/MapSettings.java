package dev.offload.testkit;

import dev.offload.api.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Give a plug-in its settings from a map: texts, numbers, truth values, lists and maps, as a TOML
/// table holds them. Problems and warnings are collected.
public final class MapSettings implements Settings {
  private final Map<String, ?> values;
  private final List<String> problems;
  private final List<String> warnings;
  private final Set<String> known = new HashSet<>();

  private MapSettings(Map<String, ?> values, List<String> problems, List<String> warnings) {
    this.values = values;
    this.problems = problems;
    this.warnings = warnings;
  }

  /// Make settings out of a table.
  public static MapSettings of(Map<String, ?> values) {
    return new MapSettings(values, new ArrayList<>(), new ArrayList<>());
  }

  /// Return the problems so far, as `key: message`.
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /// Return the warnings so far, as `key: message`.
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /// Return the keys that are present and that nobody asked for.
  public Set<String> unknownKeys() {
    Set<String> unknown = new HashSet<>(values.keySet());
    unknown.removeAll(known);
    return unknown;
  }

  private <T> Optional<T> value(String key, Class<T> type) {
    known.add(key);
    @Nullable Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      problem(key, "not a " + type.getSimpleName());
      return Optional.empty();
    }
    return Optional.of(type.cast(value));
  }

  @Override
  public Optional<String> string(String key) {
    return value(key, String.class);
  }

  @Override
  public String requiredString(String key) {
    if (!has(key)) {
      problem(key, "missing");
    }
    return string(key, "");
  }

  @Override
  public int integer(String key, int fallback, int minimum) {
    int number = value(key, Integer.class).orElse(fallback);
    if (number < minimum) {
      problem(key, "below " + minimum);
    }
    return number;
  }

  @Override
  public Optional<Double> number(String key, double minimum) {
    Optional<Double> number = value(key, Number.class).map(Number::doubleValue);
    if (number.isPresent() && number.get() < minimum) {
      problem(key, "below " + minimum);
    }
    return number;
  }

  @Override
  public boolean bool(String key, boolean fallback) {
    return value(key, Boolean.class).orElse(fallback);
  }

  @Override
  public Duration seconds(String key, Duration fallback) {
    return number(key, 0)
        .map(seconds -> Duration.ofNanos((long) (seconds * 1_000_000_000)))
        .orElse(fallback);
  }

  @Override
  public List<String> strings(String key) {
    return value(key, List.class).stream()
        .flatMap(list -> ((List<?>) list).stream())
        .map(String::valueOf)
        .toList();
  }

  @Override
  public Map<String, String> stringTable(String key) {
    Map<String, String> table = new TreeMap<>();
    value(key, Map.class)
        .ifPresent(map ->
            ((Map<?, ?>) map)
                .forEach((name, text) -> table.put(String.valueOf(name), String.valueOf(text))));
    return table;
  }

  @Override
  public Settings table(String key) {
    Map<String, Object> table = new TreeMap<>();
    value(key, Map.class)
        .ifPresent(map ->
            ((Map<?, ?>) map).forEach((name, item) -> put(table, String.valueOf(name), item)));
    return new MapSettings(table, problems, warnings);
  }

  private static void put(Map<String, Object> table, String key, @Nullable Object value) {
    if (value != null) {
      table.put(key, value);
    }
  }

  /// Return the value's own text, which is JSON for numbers and truth values only.
  @Override
  public Optional<String> json(String key) {
    return value(key, Object.class).map(String::valueOf);
  }

  @Override
  public boolean has(String key) {
    known.add(key);
    return values.containsKey(key);
  }

  @Override
  public void problem(String key, String message) {
    problems.add(key + ": " + message);
  }

  @Override
  public void warning(String key, String message) {
    warnings.add(key + ": " + message);
  }
}
