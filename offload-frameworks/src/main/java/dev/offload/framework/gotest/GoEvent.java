package dev.offload.framework.gotest;

import dev.offload.framework.signal.Payload;
import java.time.Duration;

/// One line of `go test -json`.
///
/// @param action what happened: `run`, `output`, `pass`, `fail`, `skip`, `build-output` …
/// @param pkg the import path of the package; for the output of a build that of what is built
/// @param test the name of the test or sub-test; empty for what is about the whole package
/// @param output a piece of output
/// @param elapsed how long the test took
/// @param failedBuild the build whose failure is that of the package, or empty
record GoEvent(
    String action, String pkg, String test, String output, Duration elapsed, String failedBuild) {
  /// Read a line; one that is none has an empty action.
  static GoEvent parse(String line) {
    if (!line.startsWith("{")) {
      return new GoEvent("", "", "", line, Duration.ZERO, "");
    }
    try {
      Payload event = Payload.parse(line);
      return new GoEvent(
          event.text("Action"),
          event.has("Package") ? event.text("Package") : event.text("ImportPath"),
          event.text("Test"),
          event.text("Output"),
          Duration.ofNanos(Math.round(event.amount("Elapsed") * 1e9)),
          event.text("FailedBuild"));
    } catch (IllegalArgumentException _) {
      return new GoEvent("", "", "", line, Duration.ZERO, "");
    }
  }

  /// Return the name of the test itself, without that of a sub-test.
  String parent() {
    int slash = test.indexOf('/');
    return slash < 0 ? test : test.substring(0, slash);
  }

  boolean isSubTest() {
    return test.indexOf('/') >= 0;
  }
}
