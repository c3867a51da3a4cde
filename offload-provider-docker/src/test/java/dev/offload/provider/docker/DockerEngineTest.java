package dev.offload.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offload.api.command.Command;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An engine that stops, comes back, and has no room left: one of its own for these tests.
@Tag("tools")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DockerEngineTest {
  @TempDir private Path folder;
  private PrivateEngine engine;
  private SandboxProvider provider;
  private SandboxImage image;

  @BeforeEach
  void startEngine() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can start an engine");
    engine = new PrivateEngine(Files.createTempDirectory("offload-engine-"), 64);
    try (Engine client = engine.client()) {
      String busybox = BusyboxImage.make(client, folder.resolve("busybox"), true);
      Map<String, Object> settings =
          Map.of(
              "image", busybox, "host", engine.address(), "mounts", List.of(folder + ":/mounted"));
      provider = DockerProviders.make(folder, settings, "");
    }
    image = provider.prepare(new PrepareRequest(true), _ -> {});
  }

  @AfterEach
  void stopEngine() throws Exception {
    try {
      provider.close();
    } finally {
      engine.end();
    }
  }

  private Sandbox start(int number) throws Exception {
    return provider.start(image, new SandboxSpec(new SandboxId(number), "run"));
  }

  @Test
  void withTheEngineAllSandboxesEndAndWhenItIsBackOthersStart() throws Exception {
    List<Sandbox> sandboxes = List.of(start(1), start(2));
    engine.stop();
    for (Sandbox sandbox : sandboxes) {
      Death death = sandbox.awaitDeath();
      assertThat(death.cause()).isIn(Death.Cause.LOST, Death.Cause.EXITED);
      assertThat(death.message()).contains("Docker engine");
      assertThatThrownBy(sandbox::close).hasMessageContaining("the Docker engine did not answer");
    }
    assertThatThrownBy(() -> start(3))
        .isInstanceOf(SandboxException.Unavailable.class)
        .hasMessageContaining("the Docker engine did not answer");
    engine.restart();
    Sandbox later = start(4);
    assertThat(later.run(Command.of("true"), OutputSink.discard()).isSuccess()).isTrue();
    try (Engine client = engine.client()) {
      client.client().killContainerCmd(later.handle()).exec();
      // Deaths are told again.
      assertThat(later.awaitDeath().message()).isEqualTo("the container was killed from outside");
      provider.close();
      assertThat(client.client().listContainersCmd().withShowAll(true).exec()).isEmpty();
    }
  }

  @Test
  void aFullDiskInAContainerIsNamed() throws Exception {
    engine.mountSmallDisk(folder);
    Path file = Files.write(Files.createTempFile("offload-", ""), new byte[2 << 20]);
    Sandbox sandbox = start(1);
    Throwable upload = catchThrowable(() -> sandbox.upload(file, "/mounted/file"));
    Files.delete(file);
    assertThat(upload).isInstanceOf(SandboxException.Transient.class);
    assertThat(upload).message().containsIgnoringCase("no space left on device");
    assertThat(sandbox.run(Command.of("true"), OutputSink.discard()).isSuccess()).isTrue();
  }

  @Test
  void aFullDiskOfTheEngineIsNamed() throws Exception {
    Sandbox sandbox = start(1);
    Path file = Files.write(folder.resolve("file"), new byte[1 << 20]);
    sandbox.run(Command.shell("cat /dev/zero >/filler"), OutputSink.discard());
    Throwable upload = catchThrowable(() -> sandbox.upload(file, "/app/file"));
    assertThat(upload).isInstanceOf(SandboxException.Transient.class);
    assertThat(upload).message().containsIgnoringCase("no space left on device");
    Throwable second = catchThrowable(() -> start(2));
    assertThat(second).isInstanceOf(SandboxException.class);
    assertThat(second).message().containsIgnoringCase("no space left on device");
    sandbox.run(Command.shell("rm /filler"), OutputSink.discard());
    sandbox.upload(file, "/app/file");
  }
}
