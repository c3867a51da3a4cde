package dev.offload.provider.modal;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.FakeModal;
import dev.offload.testkit.MapSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Make providers that talk to a stand-in for Modal.
final class Providers {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /// Where the scripts are that go with the provider.
  static final Path BUNDLED = ROOT.resolve("offload-provider-modal/src/main/resources/bundled");

  private Providers() {}

  static SandboxProvider of(FakeModal modal, int version, Path project, Map<String, ?> more) {
    Map<String, Object> values = new HashMap<>(more);
    values.putIfAbsent("sdk", modal.sdk(version));
    MapSettings settings = MapSettings.of(values);
    SandboxProvider provider =
        new ModalProviderFactory().create(settings, context(project, project.toString(), ""));
    if (!settings.problems().isEmpty() || !settings.unknownKeys().isEmpty()) {
      throw new AssertionError(settings.problems() + " " + settings.unknownKeys());
    }
    return provider;
  }

  static ProviderContext context(Path project, String root, String init) {
    return new ProviderContext(project, project, root, init, List.of(), 4);
  }

  static FakeModal server(String... options) throws IOException {
    return FakeModal.start(ROOT, options);
  }
}
