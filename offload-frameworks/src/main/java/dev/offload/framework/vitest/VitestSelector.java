package dev.offload.framework.vitest;

import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.JsonText;
import dev.offload.framework.signal.Payload;
import java.util.List;

/// Say what selects one test in its file; it is the selector of a [TestCase].
///
/// @param project the project of the workspace, or empty
/// @param label the titles of the test's suites and its own, joined by ` > `
/// @param twin how many tests before it in the file have the same label
/// @param options options that the group asked for
record VitestSelector(String project, String label, int twin, List<String> options) {
  VitestSelector {
    options = List.copyOf(options);
  }

  String text() {
    return new JsonText()
        .startObject()
        .text("project", project)
        .text("label", label)
        .number("twin", twin)
        .texts("options", options)
        .endObject()
        .toString();
  }

  static VitestSelector of(TestCase test) {
    Payload payload = Payload.parse(test.selector());
    return new VitestSelector(
        payload.text("project"),
        payload.text("label"),
        payload.integer("twin", 0),
        payload.texts("options"));
  }
}
