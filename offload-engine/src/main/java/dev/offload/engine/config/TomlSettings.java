package dev.offload.engine.config;

import dev.offload.api.settings.Settings;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/// Read one TOML table, remembering which keys were asked for.
final class TomlSettings implements Settings {
  /// The longest time span a setting can name: as good as for ever, and safe to add to any instant.
  private static final double MAX_SECONDS = 1e9;

  private static final String TEXT = "a string";
  private static final String WHOLE_NUMBER = "a whole number";
  private static final String NUMBER = "a number";
  private static final String TRUTH = "true or false";
  private static final Set<String> UNQUOTED = Set.of(WHOLE_NUMBER, NUMBER, TRUTH);

  private final List<String> path;
  private final @Nullable TomlTable table;
  private final @Nullable TomlPosition position;
  private final ProblemList problems;
  private final SequencedSet<String> asked = new LinkedHashSet<>();
  private final SequencedMap<String, TomlSettings> children = new LinkedHashMap<>();
  private boolean everyKeyKnown;

  private TomlSettings(
      List<String> path,
      @Nullable TomlTable table,
      @Nullable TomlPosition position,
      ProblemList problems) {
    this.path = path;
    this.table = table;
    this.position = position;
    this.problems = problems;
  }

  static TomlSettings root(TomlTable table, ProblemList problems) {
    return new TomlSettings(List.of(), table, null, problems);
  }

  @Override
  public Optional<String> string(String key) {
    Object value = value(key);
    if (value instanceof String text) {
      return Optional.of(checked(key, text));
    }
    wrongType(key, value, TEXT);
    return Optional.empty();
  }

  @Override
  public String requiredString(String key) {
    if (!has(key)) {
      problem(key, "is missing");
    }
    return string(key, "");
  }

  @Override
  public int integer(String key, int fallback, int minimum) {
    Object value = value(key);
    if (!(value instanceof Long number)) {
      wrongType(key, value, WHOLE_NUMBER);
      return fallback;
    }
    if (number < minimum) {
      problem(key, "must be at least " + minimum + ", but is " + number);
      return fallback;
    }
    if (number > Integer.MAX_VALUE) {
      problem(key, "must be at most " + Integer.MAX_VALUE + ", but is " + number);
      return fallback;
    }
    return number.intValue();
  }

  @Override
  public Optional<Double> number(String key, double minimum) {
    Optional<Double> number = finite(key);
    if (number.isPresent() && number.get() < minimum) {
      problem(
          key,
          "must be at least "
              + TomlNames.number(minimum)
              + ", but is "
              + TomlNames.number(number.get()));
      return Optional.empty();
    }
    return number;
  }

  @Override
  public boolean bool(String key, boolean fallback) {
    Object value = value(key);
    if (value instanceof Boolean truth) {
      return truth;
    }
    wrongType(key, value, TRUTH);
    return fallback;
  }

  @Override
  public Duration seconds(String key, Duration fallback) {
    Optional<Double> number = finite(key);
    if (number.isEmpty()) {
      return fallback;
    }
    if (number.get() <= 0) {
      problem(key, "must be greater than 0, but is " + TomlNames.number(number.get()));
      return fallback;
    }
    return Duration.ofNanos(Math.max(1, Math.round(Math.min(number.get(), MAX_SECONDS) * 1e9)));
  }

  private Optional<Double> finite(String key) {
    Object value = value(key);
    if (value instanceof Long whole) {
      return Optional.of(whole.doubleValue());
    }
    if (!(value instanceof Double number)) {
      wrongType(key, value, NUMBER);
      return Optional.empty();
    }
    if (number.isNaN() || number.isInfinite()) {
      problem(key, "must be a finite number");
      return Optional.empty();
    }
    return Optional.of(number);
  }

  @Override
  public List<String> strings(String key) {
    Object value = value(key);
    if (!(value instanceof TomlArray array)) {
      wrongType(key, value, "a list of strings, such as [\"a\", \"b\"]");
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (array.get(i) instanceof String text) {
        texts.add(checked(key, text));
      } else {
        problems.error(
            array.inputPositionOf(i),
            inKey(key) + " must be a list of strings, but holds " + TomlNames.type(array.get(i)));
      }
    }
    return List.copyOf(texts);
  }

  @Override
  public Map<String, String> stringTable(String key) {
    TomlSettings child = child(key);
    child.knowEveryKey();
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    for (String name : child.keys()) {
      child.string(name).ifPresent(text -> texts.put(name, text));
    }
    return Collections.unmodifiableSequencedMap(texts);
  }

  @Override
  public TomlSettings table(String key) {
    return child(key);
  }

  /// Return the tables of a list of tables, `[[key]]`, in file order.
  List<TomlSettings> tables(String key) {
    Object value = value(key);
    if (!(value instanceof TomlArray array)) {
      wrongType(key, value, "a list of tables, such as [[" + TomlNames.key(key) + "]]");
      return List.of();
    }
    List<TomlSettings> tables = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      List<String> childPath = new ArrayList<>(path);
      childPath.add(key);
      if (array.get(i) instanceof TomlTable sub) {
        TomlSettings child =
            new TomlSettings(List.copyOf(childPath), sub, array.inputPositionOf(i), problems);
        children.put(key + "\0" + i, child);
        tables.add(child);
      } else {
        problems.error(
            array.inputPositionOf(i),
            inKey(key) + " must hold tables only, but holds " + TomlNames.type(array.get(i)));
      }
    }
    return List.copyOf(tables);
  }

  /// Return a date, written as one or as a string.
  ///
  /// @throws DateTimeException when it is none
  LocalDate date(String key) {
    return switch (value(key)) {
      case LocalDate date -> date;
      case String text -> LocalDate.parse(text.strip());
      case null, default -> throw new DateTimeException("no date");
    };
  }

  /// Return the one-based line on which this table begins, or 0.
  int line() {
    return position == null ? 0 : position.line();
  }

  @Override
  public Optional<String> json(String key) {
    Object value = value(key);
    return value == null ? Optional.empty() : Optional.of(TomlJson.write(value));
  }

  @Override
  public boolean has(String key) {
    return value(key) != null;
  }

  @Override
  public void problem(String key, String message) {
    problems.error(positionOf(key), inKey(key) + separator(message) + message);
  }

  @Override
  public void warning(String key, String message) {
    problems.warning(positionOf(key), inKey(key) + separator(message) + message);
  }

  /// Return the keys in file order.
  List<String> keys() {
    return table == null ? List.of() : List.copyOf(table.keySet());
  }

  /// Return the table as people write it: `[groups.unit]`.
  String name() {
    return path.isEmpty() ? "the top level" : "[" + TomlNames.path(path) + "]";
  }

  /// Return whether this table is there.
  boolean isTable() {
    return table != null;
  }

  boolean isEmptyList(String key) {
    return value(key) instanceof TomlArray array && array.isEmpty();
  }

  /// Return the keys somebody asked for, whether they are there or not.
  Set<String> asked() {
    return Collections.unmodifiableSet(asked);
  }

  /// Return the sub-tables somebody asked for.
  List<TomlSettings> children() {
    return List.copyOf(children.values());
  }

  /// Take every key of this table as known: its keys are names of the user's own, or nobody can
  /// tell which there are.
  void knowEveryKey() {
    everyKeyKnown = true;
  }

  boolean knowsEveryKey() {
    return everyKeyKnown;
  }

  /// Return the keys that are there and nobody asked for.
  List<String> unknownKeys() {
    return everyKeyKnown ? List.of() : keys().stream().filter(key -> !asked.contains(key)).toList();
  }

  /// Return where a key is, or its table when it is not there.
  @Nullable TomlPosition positionOf(String key) {
    if (table == null || key.isEmpty() || !table.contains(List.of(key))) {
      return position;
    }
    return table.inputPositionOf(List.of(key));
  }

  private TomlSettings child(String key) {
    return children.computeIfAbsent(key, this::readChild);
  }

  private TomlSettings readChild(String key) {
    Object value = value(key);
    TomlTable sub = value instanceof TomlTable found ? found : null;
    if (sub == null) {
      wrongType(key, value, "a table");
    }
    List<String> childPath = new ArrayList<>(path);
    childPath.add(key);
    return new TomlSettings(List.copyOf(childPath), sub, positionOf(key), problems);
  }

  private @Nullable Object value(String key) {
    asked.add(key);
    return table == null ? null : table.get(List.of(key));
  }

  private String checked(String key, String text) {
    if (text.indexOf('\0') >= 0) {
      problem(key, "must not hold the character U+0000");
      return text.replace("\0", "");
    }
    return text;
  }

  private void wrongType(String key, @Nullable Object value, String wanted) {
    if (value != null) {
      problem(
          key,
          "must be " + wanted + ", but is " + TomlNames.type(value) + quotesHint(value, wanted));
    }
  }

  private static String quotesHint(Object value, String wanted) {
    if (UNQUOTED.contains(wanted) && TomlNames.isQuotedLiteral(value)) {
      return "; remove the quotes";
    }
    return wanted.equals(TEXT) && TomlNames.isLiteral(value) ? "; put it in quotes" : "";
  }

  /// Plug-ins may give a whole sentence, or go on with the one that names the key.
  private static String separator(String message) {
    return !message.isEmpty() && Character.isUpperCase(message.codePointAt(0)) ? ": " : " ";
  }

  private String inKey(String key) {
    if (key.isEmpty()) {
      return name();
    }
    String quoted = "`" + TomlNames.key(key) + "`";
    if (path.isEmpty()) {
      return asked.contains(key) ? "[" + TomlNames.key(key) + "]" : quoted;
    }
    return quoted + " in " + name();
  }
}
