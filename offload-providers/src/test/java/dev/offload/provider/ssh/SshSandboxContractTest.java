package dev.offload.provider.ssh;

import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.testkit.SandboxContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// The SSH provider with a real server.
@Tag("tools")
class SshSandboxContractTest extends SandboxContract {
  @TempDir private static Path serverFolder;
  private static SshServer server;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    server = new SshServer(serverFolder);
  }

  @AfterAll
  static void stopServer() throws IOException, InterruptedException {
    server.stop();
  }

  @Override
  protected SandboxProvider provider() throws IOException {
    return make(server.address());
  }

  private SandboxProvider make(String host) throws IOException {
    Path project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(project.resolve("file"), "of the project");
    return SshProviders.make(
        project,
        Map.of(
            "hosts", List.of(host),
            "slots", 20,
            "workspace", workspace().toString(),
            "ssh_options", server.options()));
  }

  private Path workspace() {
    return folder.resolve("workspace");
  }

  @Override
  protected String projectRoot(Sandbox sandbox) throws IOException {
    return workspace().toRealPath().toString();
  }

  @Override
  protected List<String> leftovers() throws IOException, InterruptedException {
    // A host cleans up by itself when a connection is gone, which takes it a moment.
    for (int i = 0; i < 400 && !server.leftovers().isEmpty(); i++) {
      Thread.sleep(50);
    }
    return server.leftovers();
  }

  @Override
  protected boolean killFromOutside(Sandbox sandbox) {
    server.killSessions();
    return true;
  }

  @Override
  protected boolean noticesDeathByItself() {
    return true;
  }
}
