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

/// Read all tables, one after the other, collecting every problem on the way.
///
/// @param file the file as given
/// @param project the absolute project directory
/// @param overrides what the command line says over the file
/// @param env reads `env` tables
/// @param frameworks every framework there is
/// @param providers every provider there is
record ConfigReader(
    Path file,
    Path project,
    ConfigOverrides overrides,
    EnvReader env,
    List<FrameworkFactory> frameworks,
    List<ProviderFactory> providers) {

  LoadedConfig read(TomlSettings root, ProblemList problems) throws ConfigException {
    RunSettings run = new RunReader(project, overrides, problems).read(root);
    Optional<ProviderChoice> provider =
        new ProviderReader(providers, env, overrides).read(root, context(run));
    SequencedMap<String, Optional<FrameworkChoice>> choices =
        new FrameworkReader(frameworks, env).read(root);
    List<GroupSettings> groups =
        new GroupReader(choices.sequencedKeySet(), run.testTimeout()).read(root);
    OutputReader output = new OutputReader(project);
    ReportSettings report = output.report(root.table("report"));
    Optional<HistorySettings> history = output.history(root);
    QuarantineRules quarantine = new QuarantineReader(project, problems).read(root);
    CheckpointReader.check(root);
    UnknownKeys.warn(root);

    problems.throwIfErrors();
    return new LoadedConfig(
        new OffloadConfig(
            file,
            project,
            run,
            provider.orElseThrow(),
            local(context(run)),
            usable(choices),
            groups,
            report,
            history,
            quarantine),
        problems.warnings());
  }

  /// Make the provider that runs commands on this machine, with nothing configured.
  private SandboxProvider local(ProviderContext context) {
    TomlSettings nothing =
        TomlSettings.root(Toml.parse(""), new ProblemList("the settings of local commands"));
    return providers.stream()
        .filter(factory -> factory.type().equals("local"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no provider of type local"))
        .create(nothing, context);
  }

  private ProviderContext context(RunSettings run) {
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
