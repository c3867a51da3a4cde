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
    text.append(word)
        .append(' ')
        .append(value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r"))
        .append('\n');
    return this;
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
