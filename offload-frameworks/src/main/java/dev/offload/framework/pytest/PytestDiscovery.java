package dev.offload.framework.pytest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.Discovery;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.framework.signal.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Read what the plug-in says of a group's tests.
final class PytestDiscovery {
  private final String group;
  private final int number;
  private final PytestOptions options;
  private final List<TestCase> tests = new ArrayList<>();
  private final List<Discovery.CollectionError> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final Map<String, String> files = new HashMap<>();
  private PytestSuite suite = new PytestSuite(".", "", List.of());
  private String selector = "";
  private boolean mine = true;
  private boolean ended;

  /// Make it for one group of a pass.
  ///
  /// @param number its place in the pass, from 0
  PytestDiscovery(String group, int number, PytestOptions options) {
    this.group = group;
    this.number = number;
    this.options = options;
  }

  Discovery read(CommandOutput output) {
    for (String frame : output.frames()) {
      Payload payload;
      try {
        payload = Payload.parse(frame);
      } catch (IllegalArgumentException e) {
        return failed("The list of tests that pytest sent is damaged: " + e.getMessage(), output);
      }
      if (payload.has("broken")) {
        Payload broken = payload.object("broken");
        return new Discovery.Failed(
            "pytest could not collect the tests: " + broken.text("message"),
            broken.text("details"));
      }
      take(payload);
    }
    if (!ended) {
      return failed(PytestStart.failure(output, options), output);
    }
    if (tests.isEmpty() && errors.isEmpty()) {
      warnings.add("No test of the group '" + group + "' was found.");
    }
    return new Discovery.Found(tests, errors, warnings);
  }

  private void take(Payload payload) {
    if (payload.has("group")) {
      // What comes before the first of these, such as a module that skips itself, is in all groups.
      mine = payload.integer("group", -1) == number;
    } else if (payload.has("tests")) {
      if (mine) {
        takeTests(payload.text("file"), payload.list("tests"));
      }
    } else if (payload.has("suite")) {
      suite = PytestSuite.of(payload.object("suite"));
      selector = new PytestSelector(suite, "", 0, false).text();
    } else if (payload.has("error")) {
      takeError(payload.object("error"));
    } else if (payload.has("warning")) {
      warnings.add(payload.text("warning"));
    } else if (payload.has("end")) {
      ended = true;
    }
  }

  private void takeTests(String name, List<?> list) {
    String file = files.computeIfAbsent(name, same -> same);
    for (Object entry : list) {
      if (entry instanceof List<?> test
          && test.size() >= 2
          && test.get(0) instanceof String node
          && !node.isEmpty()
          && test.get(1) instanceof Integer line) {
        add(file, node, line, number(test, 2), number(test, 3) == 1);
      } else {
        warnings.add("pytest listed something that is not a test: " + entry);
      }
    }
  }

  private static int number(List<?> test, int position) {
    return test.size() > position && test.get(position) instanceof Integer value ? value : 0;
  }

  private void add(String file, String node, int line, int occurrence, boolean module) {
    String id = unique(node, occurrence);
    String own =
        id.equals(node) && !module
            ? selector
            : new PytestSelector(suite, id.equals(node) ? "" : node, occurrence, module).text();
    tests.add(new TestCase(new TestId(id), group, file, line, own));
  }

  /// Return an id of its own for each of several tests with one node id.
  private String unique(String node, int occurrence) {
    String id = occurrence == 0 ? node : node + " #" + (occurrence + 1);
    while (!ids.add(id)) {
      id += " #" + (occurrence + 1);
    }
    return id;
  }

  private void takeError(Payload error) {
    errors.add(
        new Discovery.CollectionError(
            unique(error.text("name").isEmpty() ? "collection" : error.text("name"), 0),
            error.text("file"),
            error.text("message"),
            error.text("details")));
  }

  private static Discovery.Failed failed(String message, CommandOutput output) {
    String exit = output.exit() instanceof Exit.Exited(int code) ? PytestExit.explain(code) : "";
    List<String> details = new ArrayList<>();
    for (String text : List.of(output.stderr().strip(), output.stdout().strip(), exit)) {
      if (!text.isEmpty()) {
        details.add(text);
      }
    }
    return new Discovery.Failed(message, String.join("\n", details));
  }
}
