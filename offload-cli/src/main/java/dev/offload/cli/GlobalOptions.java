package dev.offload.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// Hold the options that every command takes, before or after its name.
final class GlobalOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "offload.toml",
      scope = ScopeType.INHERIT,
      description = "The configuration file (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("offload.toml");

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Say more about what is being done.")
  private boolean verbose;

  /// Return the configuration file as the user named it.
  Path config() {
    return config;
  }

  /// Return whether the user wants to know more.
  boolean verbose() {
    return verbose;
  }
}
