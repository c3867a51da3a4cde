package dev.offload.engine.config;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.sandbox.ProviderFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Read `offload.toml`.
public final class ConfigLoader {
  private ConfigLoader() {}

  /// Read and check a configuration.
  ///
  /// Nothing is started and, besides the file, nothing is read. Keys nobody asks for are warnings,
  /// never errors.
  ///
  /// @param file the file, absolute or relative to `projectDirectory`
  /// @param projectDirectory the directory Offload was started in
  /// @param overrides what the command line says over the file
  /// @param environment the variables that `env` tables may refer to
  /// @param frameworks every framework there is
  /// @param providers every provider there is
  /// @throws ConfigException with all mistakes of the file at once; when it is not TOML, with the
  ///   mistakes of syntax only
  public static LoadedConfig load(
      Path file,
      Path projectDirectory,
      ConfigOverrides overrides,
      Map<String, String> environment,
      List<FrameworkFactory> frameworks,
      List<ProviderFactory> providers)
      throws ConfigException {
    ProblemList problems = new ProblemList(file.toString());
    Path project = projectDirectory.toAbsolutePath().normalize();
    TomlSettings root =
        TomlSettings.root(ConfigSource.parse(project.resolve(file), problems), problems);
    return new ConfigReader(
            file, project, overrides, new EnvReader(environment), frameworks, providers)
        .read(root, problems);
  }
}
