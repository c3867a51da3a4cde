package dev.offload.provider.docker;

import com.github.dockerjava.api.model.Container;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxProvider;
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
import org.junit.jupiter.api.io.TempDir;

/// The Docker provider with a real engine.
@Tag("tools")
class DockerSandboxContractTest extends SandboxContract {
  private static Engine engine;
  private static String image;

  @BeforeAll
  static void makeImage(@TempDir Path busybox) throws IOException, InterruptedException {
    engine = DockerProviders.engine();
    image = BusyboxImage.make(engine, busybox, true);
  }

  @AfterAll
  static void closeEngine() {
    engine.close();
  }

  @Override
  protected SandboxProvider provider() throws IOException {
    return DockerProviders.make(
        Files.createDirectories(folder.resolve("project")),
        Map.of("image", image, "memory_gb", 0.25),
        "");
  }

  @Override
  protected String projectRoot(Sandbox sandbox) {
    return "/app";
  }

  @Override
  protected Optional<SandboxProvider> brokenProvider() throws IOException {
    return Optional.of(
        DockerProviders.make(
            Files.createDirectories(folder.resolve("project")),
            Map.of("image", image, "network", "no-such-network-of-offload"),
            ""));
  }

  @Override
  protected boolean killFromOutside(Sandbox sandbox) {
    engine.client().killContainerCmd(sandbox.handle()).exec();
    return true;
  }

  @Override
  protected boolean noticesDeathByItself() {
    return true;
  }

  @Override
  protected boolean sharesProcesses() {
    return false;
  }

  @Override
  protected List<String> leftovers() {
    return engine
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(Labels.RUN, run))
        .exec()
        .stream()
        .map(Container::getId)
        .toList();
  }
}
