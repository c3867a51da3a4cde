package dev.offload.framework.gotest;

import java.util.List;

/// Hold what the configuration says about Go.
///
/// @param command the words that start the go command
/// @param packages the patterns of packages
/// @param buildArgs flags that hold for discovery and for execution, since they decide what is
///   built
/// @param runArgs flags for execution only
record GoOptions(
    List<String> command, List<String> packages, List<String> buildArgs, List<String> runArgs) {
  GoOptions {
    command = List.copyOf(command);
    packages = List.copyOf(packages);
    buildArgs = List.copyOf(buildArgs);
    runArgs = List.copyOf(runArgs);
  }
}
