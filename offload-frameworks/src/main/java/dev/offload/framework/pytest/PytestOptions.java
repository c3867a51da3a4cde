package dev.offload.framework.pytest;

import java.util.List;

/// Hold what the configuration says about pytest.
///
/// @param command the words that start pytest
/// @param commandChosen whether the user wrote them; otherwise `python3` may stand in for `python`
/// @param paths where to look for tests; empty leaves it to pytest's own configuration
/// @param discoveryArgs more arguments for discovery
/// @param runArgs more arguments for execution
record PytestOptions(
    List<String> command,
    boolean commandChosen,
    List<String> paths,
    List<String> discoveryArgs,
    List<String> runArgs) {
  PytestOptions {
    command = List.copyOf(command);
    paths = List.copyOf(paths);
    discoveryArgs = List.copyOf(discoveryArgs);
    runArgs = List.copyOf(runArgs);
  }
}
