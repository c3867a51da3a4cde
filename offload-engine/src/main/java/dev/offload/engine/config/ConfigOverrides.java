package dev.offload.engine.config;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Hold what the command line says over the configuration file.
///
/// @param maxParallel `--parallel`
/// @param env `--env`, over `[provider] env`
/// @param copyDirectories `--copy-dir`, `LOCAL:REMOTE`
public record ConfigOverrides(
    OptionalInt maxParallel, Map<String, String> env, List<String> copyDirectories) {
  /// Overrides that change nothing.
  public static final ConfigOverrides NONE =
      new ConfigOverrides(OptionalInt.empty(), Map.of(), List.of());

  /// Copy.
  public ConfigOverrides {
    env = Map.copyOf(env);
    copyDirectories = List.copyOf(copyDirectories);
  }
}
