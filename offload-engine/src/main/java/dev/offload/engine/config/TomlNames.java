package dev.offload.engine.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/// Name the things of a TOML file in messages.
final class TomlNames {
  private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern LITERAL = Pattern.compile("[+-]?\\d+(\\.\\d+)?|true|false");

  private TomlNames() {}

  /// Return a key as it is written in TOML.
  static String key(String key) {
    return BARE_KEY.matcher(key).matches() ? key : "\"" + Toml.tomlEscape(key) + "\"";
  }

  static String path(List<String> path) {
    return path.stream().map(TomlNames::key).collect(Collectors.joining("."));
  }

  static String type(@Nullable Object value) {
    return switch (value) {
      case String _ -> "a string";
      case Long _ -> "a whole number";
      case Double _ -> "a number with a fraction";
      case Boolean truth -> truth.toString();
      case TomlArray _ -> "a list";
      case TomlTable _ -> "a table";
      case null -> "nothing";
      default -> "a date or time";
    };
  }

  /// Return whether it is a number or a truth value that was put into quotes.
  static boolean isQuotedLiteral(Object value) {
    return value instanceof String text && LITERAL.matcher(text).matches();
  }

  /// Return whether it is a number or a truth value.
  static boolean isLiteral(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  /// Return a number without a needless fraction.
  static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
