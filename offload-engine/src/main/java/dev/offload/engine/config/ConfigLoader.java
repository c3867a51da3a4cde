package dev.offload.engine.config;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import dev.offload.engine.config.OffloadConfig.HistorySettings;
import dev.offload.engine.config.OffloadConfig.ProviderChoice;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import dev.offload.engine.config.OffloadConfig.RunSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.tomlj.Toml;

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
    EnvReader env = new EnvReader(environment);
    OutputReader output = new OutputReader(project);

    RunSettings run = new RunReader(project, overrides, problems).read(root);
    Optional<ProviderChoice> provider =
        new ProviderReader(providers, env, overrides).read(root, context(project, run, overrides));
    SequencedMap<String, Optional<FrameworkChoice>> choices =
        new FrameworkReader(frameworks, env).read(root);
    List<GroupSettings> groups =
        new GroupReader(choices.sequencedKeySet(), run.testTimeout()).read(root);
    ReportSettings report = output.report(root.table("report"));
    Optional<HistorySettings> history = output.history(root);
    CheckpointReader.check(root);
    UnknownKeys.warn(root);

    problems.throwIfErrors();
    return new LoadedConfig(
        new OffloadConfig(
            file,
            project,
            run,
            provider.orElseThrow(),
            local(providers, context(project, run, overrides)),
            usable(choices),
            groups,
            report,
            history),
        problems.warnings());
  }

  /// Make the provider that runs commands on this machine, with nothing configured.
  private static SandboxProvider local(List<ProviderFactory> providers, ProviderContext context) {
    TomlSettings nothing =
        TomlSettings.root(Toml.parse(""), new ProblemList("the settings of local commands"));
    return providers.stream()
        .filter(factory -> factory.type().equals("local"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no provider of type local"))
        .create(nothing, context);
  }

  private static ProviderContext context(Path project, RunSettings run, ConfigOverrides overrides) {
    return new ProviderContext(
        project,
        run.workingDirectory(),
        run.sandboxProjectRoot(),
        run.sandboxInitCommand(),
        overrides.copyDirectories(),
        run.maxParallel());
  }

  private static Map<String, FrameworkChoice> usable(
      Map<String, Optional<FrameworkChoice>> choices) {
    Map<String, FrameworkChoice> usable = new LinkedHashMap<>();
    choices.forEach((name, choice) -> choice.ifPresent(found -> usable.put(name, found)));
    return usable;
  }
}
