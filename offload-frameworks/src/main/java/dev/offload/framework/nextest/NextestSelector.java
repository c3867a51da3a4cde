package dev.offload.framework.nextest;

import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.JsonText;
import dev.offload.framework.signal.Payload;
import java.util.List;

/// Say what selects one test; it is the selector of a [TestCase].
///
/// @param binary the id of its binary
/// @param name its name in the binary
/// @param prefix what the machine-readable output calls its binary, which several may share
/// @param twin how many tests before it in the list are called the same there
/// @param cargo what its group is built by, beside the framework's own settings
/// @param run what its group runs by
record NextestSelector(
    String binary, String name, String prefix, int twin, List<String> cargo, List<String> run) {
  private static final int FIRST_PRINTABLE = 0x21;
  private static final int LAST_PRINTABLE = 0x7e;

  NextestSelector {
    cargo = List.copyOf(cargo);
    run = List.copyOf(run);
  }

  String text() {
    return new JsonText()
        .startObject()
        .text("binary", binary)
        .text("name", name)
        .text("prefix", prefix)
        .number("twin", twin)
        .texts("cargo", cargo)
        .texts("run", run)
        .endObject()
        .toString();
  }

  /// Return what the machine-readable output calls the test.
  String event() {
    return prefix + name;
  }

  static NextestSelector of(TestCase test) {
    Payload payload = Payload.parse(test.selector());
    return new NextestSelector(
        payload.text("binary"),
        payload.text("name"),
        payload.text("prefix"),
        payload.integer("twin", 0),
        payload.texts("cargo"),
        payload.texts("run"));
  }

  /// Return a text as the language of nextest's filters takes it literally.
  static String literal(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          boolean isPlain = c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE && "\\/),".indexOf(c) < 0;
          if (isPlain || Character.isLetterOrDigit(c)) {
            escaped.appendCodePoint(c);
          } else {
            escaped.append("\\u{").append(Integer.toHexString(c)).append('}');
          }
        });
    return escaped.toString();
  }
}
