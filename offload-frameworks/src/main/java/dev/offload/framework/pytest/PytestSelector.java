package dev.offload.framework.pytest;

import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.JsonText;
import dev.offload.framework.signal.Payload;

/// Say what selects one test: [TestCase#selector()] as a value.
///
/// Nearly all tests of a discovery share one selector text, which says only how pytest was
/// configured; their node id is the test's id.
///
/// @param suite how pytest was configured
/// @param node the node id when it is not the test's id, or empty
/// @param occurrence which of several tests with this node id, from 0
/// @param module whether the id names a whole module, which skipped itself at discovery
record PytestSelector(PytestSuite suite, String node, int occurrence, boolean module) {
  String text() {
    JsonText json =
        new JsonText()
            .startObject()
            .text("rootdir", suite.rootdir())
            .text("ini", suite.ini())
            .texts("arguments", suite.arguments());
    if (!node.isEmpty()) {
      json.text("node", node).number("occurrence", occurrence);
    }
    if (module) {
      json.flag("module", true);
    }
    return json.endObject().toString();
  }

  static PytestSelector parse(String text) {
    Payload payload = Payload.parse(text);
    return new PytestSelector(
        PytestSuite.of(payload),
        payload.text("node"),
        payload.integer("occurrence", 0),
        payload.has("module"));
  }

  String nodeOf(TestCase test) {
    return node.isEmpty() ? test.id().value() : node;
  }
}
