package dev.offload.provider.ssh;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.MapSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Make providers as a configuration would.
final class SshProviders {
  private SshProviders() {}

  static SandboxProvider make(Path project, Map<String, ?> settings) {
    return make(project, settings, "");
  }

  static SandboxProvider make(Path project, Map<String, ?> settings, String initCommand) {
    MapSettings table = MapSettings.of(settings);
    SandboxProvider provider = create(project, table, initCommand);
    if (!table.problems().isEmpty() || !table.unknownKeys().isEmpty()) {
      throw new AssertionError(table.problems() + " " + table.unknownKeys());
    }
    return provider;
  }

  /// Make one although there may be mistakes in its settings.
  static SandboxProvider create(Path project, MapSettings settings, String initCommand) {
    return new SshProviderFactory()
        .create(settings, new ProviderContext(project, project, "", initCommand, List.of(), 8));
  }
}
