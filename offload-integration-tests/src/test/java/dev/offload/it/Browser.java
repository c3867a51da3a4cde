package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.testkit.TestTools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/// Run one of the scripts in `src/test/resources/browser`, which look at a page in a real browser.
final class Browser {
  private Browser() {}

  /// Run a script; what it prints is the evidence when it fails.
  static void check(Path folder, String script, Path... arguments) {
    Path tools = TestTools.require("browser/chromium").getParent();
    Path scripts =
        OffloadCommand.sourceRoot().resolve("offload-integration-tests/src/test/resources/browser");
    String[] command =
        Stream.concat(Stream.of(scripts.resolve(script)), Stream.of(arguments))
            .map(Path::toString)
            .toArray(String[]::new);
    OffloadCommand.Result result =
        OffloadCommand.in(folder)
            .with("BROWSER_TOOLS", tools.toString())
            .within(Duration.ofMinutes(5))
            .runProgram("node", command);
    assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
  }
}
