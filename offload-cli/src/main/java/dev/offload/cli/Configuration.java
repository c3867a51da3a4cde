package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.config.ConfigException;
import dev.offload.engine.config.ConfigLoader;
import dev.offload.engine.config.ConfigOverrides;
import dev.offload.engine.config.ConfigProblem;
import dev.offload.engine.config.LoadedConfig;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.QuarantineRules;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;

/// Read the configuration for a command, and show the user what is wrong with it.
final class Configuration {
  private Configuration() {}

  /// Read it, showing warnings, for a command that puts up with them.
  static OffloadConfig load(GlobalOptions options, Console console) throws CommandFailure {
    return load(options, ConfigOverrides.NONE, false, console);
  }

  /// Read it, showing warnings.
  ///
  /// @param strict whether a warning is an error
  static OffloadConfig load(
      GlobalOptions options, ConfigOverrides overrides, boolean strict, Console console)
      throws CommandFailure {
    LoadedConfig loaded;
    try {
      loaded =
          ConfigLoader.load(
              options.config(),
              Path.of("").toAbsolutePath(),
              overrides,
              System.getenv(),
              PlugIns.frameworks(),
              PlugIns.providers());
    } catch (ConfigException e) {
      show("warning", e.warnings(), console);
      throw new CommandFailure(ExitCodes.CONFIGURATION, lines("error", e.errors()));
    }
    if (strict && !loaded.warnings().isEmpty()) {
      throw new CommandFailure(
          ExitCodes.CONFIGURATION, lines("error (a warning, but --strict)", loaded.warnings()));
    }
    show("warning", loaded.warnings(), console);
    return loaded.config();
  }

  /// End the command when a quarantine has expired: it must not be forgotten.
  static void refuseExpired(OffloadConfig config) throws CommandFailure {
    List<QuarantineRules.Rule> expired = config.quarantine().expired(LocalDate.now(ZoneOffset.UTC));
    if (!expired.isEmpty()) {
      throw new CommandFailure(
          ExitCodes.CONFIGURATION,
          expired.stream()
              .map(rule -> "error: " + rule.expiredInWords())
              .collect(Collectors.joining(System.lineSeparator())));
    }
  }

  private static void show(String kind, List<ConfigProblem> problems, Console console) {
    if (!problems.isEmpty()) {
      console.say(lines(kind, problems));
    }
  }

  private static String lines(String kind, List<ConfigProblem> problems) {
    return problems.stream()
        .map(problem -> kind + ": " + problem)
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
