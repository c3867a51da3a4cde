package dev.offload.framework.nextest;

import java.util.List;

/// Hold what the configuration says about nextest.
///
/// @param command the words that start nextest
/// @param cargoArgs what is built: packages, features, binaries
/// @param onlyIgnored whether the tests marked `#[ignore]` run, and only these
/// @param runArgs more arguments for execution
record NextestOptions(
    List<String> command, List<String> cargoArgs, boolean onlyIgnored, List<String> runArgs) {
  static final List<String> DEFAULT_COMMAND = List.of("cargo", "nextest");

  NextestOptions {
    command = List.copyOf(command);
    cargoArgs = List.copyOf(cargoArgs);
    runArgs = List.copyOf(runArgs);
  }
}
