package dev.offload.provider.docker;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.MapSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Make providers as a configuration would, and the engine's client.
final class DockerProviders {
  private DockerProviders() {}

  static SandboxProvider make(Path project, Map<String, ?> settings, String initCommand) {
    MapSettings table = MapSettings.of(settings);
    SandboxProvider provider =
        new DockerProviderFactory()
            .create(
                table, new ProviderContext(project, project, "/app", initCommand, List.of(), 8));
    if (!table.problems().isEmpty() || !table.unknownKeys().isEmpty()) {
      throw new AssertionError(table.problems() + " " + table.unknownKeys());
    }
    return provider;
  }

  /// Return the client of the engine that the tests use.
  ///
  /// @throws AssertionError when there is none
  static Engine engine() {
    try {
      Engine engine = Engine.at("");
      engine.check();
      return engine;
    } catch (SandboxException e) {
      throw new AssertionError("the test tool 'docker' is missing: " + e.getMessage(), e);
    }
  }
}
