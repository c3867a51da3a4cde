package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.it.OffloadCommand.Running;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  void theTestsOfTheQuickstartPassInContainers() throws InterruptedException {
    Result result = offload().run("run", "-c", config.toString());
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("63 passed, 0 failed");
    assertThat(containers(Journal.runId(folder.resolve("results")), "-a")).isEmpty();
  }

  /// List the containers of a run, and of no other on this engine.
  private static List<String> containers(String run, String... which) {
    List<String> words = new ArrayList<>(List.of("ps", "-q"));
    words.addAll(List.of(which));
    words.addAll(List.of("--filter", "label=dev.offload.run=" + run));
    return docker(words.toArray(String[]::new)).outLines();
  }

  private Result runIn(String image) throws IOException {
    Files.writeString(config, Files.readString(config).replace("offload-test-python:1", image));
    return offload().run("run", "-c", config.toString());
  }

  /// Make an image of the files in a folder.
  private void makeImage(String name) {
    String tar = folder.resolve("files.tar").toString();
    String files = folder.resolve("files").toString();
    assertThat(offload().runProgram("tar", "-C", files, "-cf", tar, ".").exitCode()).isZero();
    assertThat(docker("import", tar, name).exitCode()).isZero();
  }

  @Test
  void anImageWithoutPythonIsNamed() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("files/bin"));
    Files.copy(TestTools.require("busybox/busybox").toRealPath(), bin.resolve("sh"));
    makeImage("offload-test-without-python:1");
    Result result = runIn("offload-test-without-python:1");
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(3);
    assertThat(result.stderr())
        .contains("was not found (exit code 127) in the image 'offload-test-without-python:1'")
        .contains("python3: not found")
        .contains("0 failed");
  }

  @Test
  void anImageWithoutShellIsNamed() throws IOException {
    Files.writeString(Files.createDirectories(folder.resolve("files")).resolve("file"), "alone");
    makeImage("offload-test-without-shell:1");
    Files.writeString(
        config, Files.readString(config).replaceFirst("(?m)^sandbox_init_cmd = .*$", ""));
    Result result = runIn("offload-test-without-shell:1");
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(3);
    assertThat(result.stderr())
        .contains(
            "the image 'offload-test-without-shell:1' has no 'sh', which every sandbox needs");
  }

  @Test
  void aContainerThatIsKilledIsReplacedAndFailsNoTest() throws Exception {
    Running running = offload().start("run", "-c", config.toString());
    String run = Journal.runId(folder.resolve("results"));
    ShellProject.await("a container runs", () -> !containers(run).isEmpty());
    assertThat(docker("kill", containers(run).getFirst()).exitCode()).isZero();
    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("63 passed, 0 failed");
  }

  @Test
  void reapFindsContainersThatTheJournalDoesNotNameAndTellsOfThemOnce() throws Exception {
    Running running = offload().start("run", "-c", config.toString());
    Path output = folder.resolve("results");
    String run = Journal.runId(output);
    ShellProject.await("a container runs", () -> !containers(run).isEmpty());
    running.process().destroyForcibly().waitFor();
    Path journal = output.resolve("events.jsonl");
    Files.write(
        journal,
        Files.readAllLines(journal).stream().filter(line -> !line.contains("_ready")).toList());
    int left = containers(run, "-a").size();
    assertThat(left).isPositive();

    Result first = offload().run("reap", "-c", config.toString());
    assertThat(first.exitCode()).as(first.stderr()).isZero();
    assertThat(first.stderr()).containsPattern("closed [0-9]+ sandboxes? of run " + run);
    assertThat(containers(run, "-a")).isEmpty();
    Result second = offload().run("reap", "-c", config.toString());
    assertThat(second.exitCode()).as(second.stderr()).isZero();
    assertThat(second.stderr()).isEqualTo("nothing is left of run " + run + "\n");
  }
}
