package dev.offload.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/// Find the real tools that tests use. They are installed by `./check` into one folder outside the
/// tree: `$OFFLOAD_TEST_TOOLS`, or `~/.cache/offload-test-tools`.
public final class TestTools {
  private TestTools() {}

  /// Return the path of a tool, for example `pytest-9/bin/python`.
  ///
  /// @throws AssertionError naming the tool, when it is missing
  public static Path require(String relative) {
    Path tool = folder().resolve(relative);
    if (!Files.exists(tool)) {
      throw new AssertionError(
          "the test tool '" + relative + "' is missing: run ./check once to install it");
    }
    return tool;
  }

  private static Path folder() {
    String named = System.getenv("OFFLOAD_TEST_TOOLS");
    return named != null && !named.isEmpty()
        ? Path.of(named)
        : Path.of(System.getProperty("user.home"), ".cache", "offload-test-tools");
  }
}
