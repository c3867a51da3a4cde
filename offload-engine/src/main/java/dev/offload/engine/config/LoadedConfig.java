package dev.offload.engine.config;

import java.util.List;

/// Hold a configuration together with what the user should know about it.
///
/// @param config the configuration
/// @param warnings unknown keys and the like, in file order
public record LoadedConfig(OffloadConfig config, List<ConfigProblem> warnings) {
  /// Copy.
  public LoadedConfig {
    warnings = List.copyOf(warnings);
  }
}
