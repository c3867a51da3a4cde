package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.it.OffloadCommand.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Run `examples/docker` with an image that was made on this machine.
class DockerIT {
  @TempDir private Path folder;
  private Path config;

  @BeforeEach
  void useTheImageOfThisMachine() throws IOException {
    String example =
        Files.readString(OffloadCommand.sourceRoot().resolve("examples/docker/offload.toml"));
    config = folder.resolve("offload.toml");
    Files.writeString(
        config,
        example
            .replace("python:3.12-slim", "offload-test-python:1")
            .replaceFirst("(?m)^sandbox_init_cmd = .*$", "sandbox_init_cmd = \"echo made >made\"")
            .replaceFirst("(?m)^output_dir = .*$", "output_dir = \"" + folder + "/results\""));
  }

  private OffloadCommand offload() {
    return OffloadCommand.in(OffloadCommand.sourceRoot());
  }

  private static Result docker(String... words) {
    return OffloadCommand.in(OffloadCommand.sourceRoot()).runProgram("docker", words);
  }

  @Test
  void theTestsOfTheQuickstartPassInContainers() {
    Result result = offload().run("run", "-c", config.toString());
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("63 passed, 0 failed");
    assertThat(docker("ps", "-aq", "--filter", "label=dev.offload.owned=sandbox").stdout())
        .isEmpty();
  }

  @Test
  void aContainerThatIsKilledIsReplacedAndFailsNoTest() throws Exception {
    Running running = offload().start("run", "-c", config.toString());
    String container = "";
    for (int i = 0; i < 1200 && container.isEmpty(); i++) {
      Thread.sleep(100);
      String[] ids =
          docker("ps", "-q", "--filter", "label=dev.offload.sandbox=sb-1").stdout().split("\n");
      container = ids[0].strip();
    }
    assertThat(docker("kill", container).exitCode()).isZero();
    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("63 passed, 0 failed");
  }
}
