package dev.offload.framework.junit;

import java.util.Map;
import java.util.TreeMap;

/// Write a plan for the runner: lines of a word and a value.
final class JunitPlan {
  private final StringBuilder text = new StringBuilder();

  JunitPlan(Map<String, String> configuration) {
    new TreeMap<>(configuration).forEach((name, value) -> add("config", name + "=" + value));
  }

  JunitPlan add(String word, String value) {
    text.append(word).append(' ');
    value.codePoints().forEach(this::add);
    text.append('\n');
    return this;
  }

  private void add(int point) {
    switch (point) {
      case '\\' -> text.append("\\\\");
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      default -> {
        if (Character.getType(point) == Character.SURROGATE) {
          text.append(String.format("\\u%04x", point)); // half a pair, which no file can hold
        } else {
          text.appendCodePoint(point);
        }
      }
    }
  }

  JunitPlan add(String word, Iterable<String> values) {
    values.forEach(value -> add(word, value));
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
