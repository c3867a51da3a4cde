package dev.offload.framework.vitest;

import java.util.List;

/// Hold what the configuration says about vitest.
///
/// @param command the words that start vitest
/// @param runArgs more arguments for execution
record VitestOptions(List<String> command, List<String> runArgs) {
  static final List<String> DEFAULT_COMMAND = List.of("npx", "vitest");

  VitestOptions {
    command = List.copyOf(command);
    runArgs = List.copyOf(runArgs);
  }

  /// Return whether vitest is looked for where npm puts it, which saves the start of npx.
  boolean isDefault() {
    return command.equals(DEFAULT_COMMAND);
  }
}
