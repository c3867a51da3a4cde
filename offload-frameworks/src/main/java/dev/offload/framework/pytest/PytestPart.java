package dev.offload.framework.pytest;

import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.JsonText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Hold those tests of a batch that one pytest process can run: they share root folder and
/// configuration file.
final class PytestPart {
  private final PytestSuite suite;
  private final Set<String> arguments = new LinkedHashSet<>();
  private final Set<String> files = new LinkedHashSet<>();
  private final List<Place> places = new ArrayList<>();

  private record Place(int index, String node, PytestSelector selector) {}

  private PytestPart(PytestSuite suite) {
    this.suite = suite;
  }

  /// Divide a batch, keeping its order within each part.
  static List<PytestPart> of(List<TestCase> tests) {
    List<PytestPart> parts = new ArrayList<>();
    Map<String, PytestSelector> selectors = new HashMap<>();
    for (int i = 0; i < tests.size(); i++) {
      TestCase test = tests.get(i);
      PytestSelector selector = selectors.computeIfAbsent(test.selector(), PytestSelector::parse);
      partFor(selector.suite(), parts).add(i, test, selector);
    }
    return parts;
  }

  private static PytestPart partFor(PytestSuite suite, List<PytestPart> parts) {
    for (PytestPart part : parts) {
      if (part.suite.sameRoot(suite)) {
        return part;
      }
    }
    PytestPart part = new PytestPart(suite);
    parts.add(part);
    return part;
  }

  private void add(int index, TestCase test, PytestSelector selector) {
    arguments.addAll(selector.suite().arguments());
    if (!test.file().isEmpty()) {
      files.add(test.file());
    }
    places.add(new Place(index, selector.nodeOf(test), selector));
  }

  /// Return the arguments that configure pytest as the discovery had it. The tests themselves are
  /// not among them: a command line is too short for them.
  List<String> configuration() {
    List<String> words = new ArrayList<>();
    words.add("--rootdir=" + suite.rootdir());
    if (!suite.ini().isEmpty()) {
      words.add("-c");
      words.add(suite.ini());
    }
    return words;
  }

  /// Return the paths that were named at discovery.
  List<String> arguments() {
    return List.copyOf(arguments);
  }

  /// Return what the plug-in reads: the tests and their files.
  String plan(boolean failFast) {
    JsonText json = new JsonText().startObject().text("mode", "run").flag("failFast", failFast);
    json.texts("files", files).startList("tests");
    for (Place place : places) {
      json.startList().number(place.index()).text(place.node());
      json.number(place.selector().occurrence()).number(place.selector().module() ? 1 : 0);
      json.endList();
    }
    return json.endList().endObject().toString();
  }
}
