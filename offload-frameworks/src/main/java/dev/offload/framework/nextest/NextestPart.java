package dev.offload.framework.nextest;

import dev.offload.api.test.TestCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Group the tests of a batch that one start of nextest can run: they are built and run by the same
/// options, and the output has a name of its own for each.
final class NextestPart {
  private final Key key;
  private final Map<String, List<String>> names = new LinkedHashMap<>();

  private NextestPart(Key key) {
    this.key = key;
  }

  private record Key(int twin, List<String> cargo, List<String> run) {
    static Key of(NextestSelector selector) {
      return new Key(selector.twin(), selector.cargo(), selector.run());
    }
  }

  static List<NextestPart> of(List<TestCase> tests) {
    Map<Key, NextestPart> parts = new LinkedHashMap<>();
    for (TestCase test : tests) {
      NextestSelector selector = NextestSelector.of(test);
      parts
          .computeIfAbsent(Key.of(selector), NextestPart::new)
          .names
          .computeIfAbsent(selector.binary(), _ -> new ArrayList<>())
          .add(selector.name());
    }
    return List.copyOf(parts.values());
  }

  List<String> cargo() {
    return key.cargo();
  }

  List<String> run() {
    return key.run();
  }

  /// Return whether a test of the batch belongs to this part.
  boolean holds(NextestSelector selector) {
    return key.equals(Key.of(selector));
  }

  /// Return the filter that matches exactly these tests.
  String filter() {
    List<String> binaries = new ArrayList<>();
    names.forEach((binary, its) -> {
      List<String> tests =
          its.stream().map(name -> "test(=" + NextestSelector.literal(name) + ")").toList();
      binaries.add(
          "(binary_id(="
              + NextestSelector.literal(binary)
              + ") & ("
              + String.join(" | ", tests)
              + "))");
    });
    return String.join(" | ", binaries);
  }
}
