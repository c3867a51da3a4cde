package dev.offload.api.settings;

import dev.offload.api.command.ShellWords;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Read one table of `offload.toml`.
///
/// Nothing throws: a wrong type, a missing required key and every [#problem] is collected with its
/// file, line and column, so that the user sees all of them at once. Asking for a key makes it
/// known; keys that nobody asked for are reported as unknown after all tables were read, so ask for
/// every key, always.
public interface Settings {
  /// Return the text of a key that has no default.
  Optional<String> string(String key);

  /// Return the text of a key, or `fallback` when it is absent or wrong.
  default String string(String key, String fallback) {
    return string(key).orElse(fallback);
  }

  /// Return the text of a key that must be there; its absence is a problem.
  String requiredString(String key);

  /// Return a whole number of at least `minimum`, or `fallback`.
  int integer(String key, int fallback, int minimum);

  /// Return a number (a float or a whole number) of at least `minimum` when present.
  Optional<Double> number(String key, double minimum);

  /// Return a truth value, or `fallback`.
  boolean bool(String key, boolean fallback);

  /// Return a number of seconds (a float or a whole number) greater than zero, or `fallback`.
  Duration seconds(String key, Duration fallback);

  /// Return a list of texts, empty when absent.
  List<String> strings(String key);

  /// Return the words of a command line, quoted as in a shell; without any when the key is absent.
  default List<String> words(String key) {
    return words(key, "");
  }

  /// Return the words of a command line, quoted as in a shell; those of `fallback` when the key is
  /// absent.
  default List<String> words(String key, String fallback) {
    try {
      return ShellWords.split(string(key, fallback));
    } catch (IllegalArgumentException e) {
      problem(key, "The quoting is wrong: " + e.getMessage() + ".");
      return List.of();
    }
  }

  /// Return a table of texts in file order, empty when absent. Every key of it is known.
  Map<String, String> stringTable(String key);

  /// Return a sub-table, empty when absent.
  Settings table(String key);

  /// Return any TOML value as JSON text when present, for settings that are handed on as they are.
  Optional<String> json(String key);

  /// Return whether the key is present.
  boolean has(String key);

  /// Report a mistake in the value of a key; the run will not start.
  ///
  /// @param key the key, or empty for the table itself
  /// @param message what is wrong and what to do: one sentence, or the rest of one that begins with
  ///   the name of the key (`must not be empty`); it MUST NOT repeat values of `env`
  void problem(String key, String message);

  /// Report something that is allowed but probably not meant.
  void warning(String key, String message);
}
