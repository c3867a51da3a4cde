package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Load texts as configurations in a project directory.
record ConfigFile(Path project, Map<String, String> environment, ConfigOverrides overrides) {
  static final String MINIMAL =
      """
      [offload]
      sandbox_project_root = "/app"
      [provider]
      type = "local"
      [framework]
      type = "pytest"
      [groups.all]
      """;

  static ConfigFile in(Path project) {
    return new ConfigFile(project, Map.of(), ConfigOverrides.NONE);
  }

  ConfigFile withEnvironment(Map<String, String> variables) {
    return new ConfigFile(project, variables, overrides);
  }

  ConfigFile withOverrides(ConfigOverrides chosen) {
    return new ConfigFile(project, environment, chosen);
  }

  LoadedConfig load(String text) throws ConfigException {
    return load(text.getBytes(StandardCharsets.UTF_8));
  }

  LoadedConfig load(byte[] text) throws ConfigException {
    try {
      Files.write(project.resolve("offload.toml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return loadFile("offload.toml");
  }

  LoadedConfig loadFile(String file) throws ConfigException {
    return ConfigLoader.load(
        Path.of(file), project, overrides, environment, Factories.FRAMEWORKS, Factories.PROVIDERS);
  }

  /// Load a text that is wrong, and return its errors, a line each.
  String errors(String text) {
    return lines(catchThrowableOfType(ConfigException.class, () -> load(text)).errors());
  }

  /// Return errors and warnings, a line each, in that order.
  String problems(String text) {
    try {
      return lines(load(text).warnings());
    } catch (ConfigException e) {
      return lines(Stream.concat(e.errors().stream(), e.warnings().stream()).toList());
    }
  }

  static String lines(List<ConfigProblem> problems) {
    return problems.stream().map(problem -> problem + "\n").collect(Collectors.joining());
  }
}
