package dev.offload.provider.modal;

import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.FakeModal;
import dev.offload.testkit.SandboxContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// The provider with the real SDK and a stand-in for Modal's servers.
@Tag("tools")
abstract class ModalSandboxContract extends SandboxContract {
  private static FakeModal modal;
  private final int version;

  ModalSandboxContract(int version) {
    this.version = version;
  }

  @BeforeAll
  static void startServer() throws IOException {
    modal = Providers.server();
  }

  @AfterAll
  static void endServer() throws IOException {
    modal.close();
  }

  @Override
  protected SandboxProvider provider() throws IOException {
    return Providers.of(modal, version, project(), Map.of());
  }

  private Path project() throws IOException {
    return Files.createDirectories(folder.resolve("project"));
  }

  @Override
  protected String projectRoot(Sandbox sandbox) throws IOException {
    return project().toRealPath().toString();
  }

  @Override
  protected Optional<SandboxProvider> brokenProvider() throws IOException {
    return Optional.of(
        Providers.of(modal, version, project(), Map.of("workdir", "/no/such/folder")));
  }

  @Override
  protected boolean killFromOutside(Sandbox sandbox) throws IOException {
    modal.kill(sandbox.handle(), 8, 0);
    return true;
  }

  @Override
  protected boolean noticesDeathByItself() {
    return true;
  }

  @Override
  protected List<String> leftovers() throws IOException {
    return modal.sandboxes();
  }
}
