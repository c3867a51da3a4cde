package dev.offload.cli;

import picocli.CommandLine.Option;

/// Hold the option that lets warnings about the configuration fail a command.
final class StrictOption {
  @Option(names = "--strict", description = "Treat warnings about the configuration as errors.")
  private boolean strict;

  /// Return whether it was given.
  boolean isSet() {
    return strict;
  }
}
