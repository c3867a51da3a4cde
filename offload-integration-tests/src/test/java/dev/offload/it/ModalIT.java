package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.Verdict;
import dev.offload.it.OffloadCommand.Result;
import dev.offload.it.OffloadCommand.Running;
import dev.offload.testkit.FakeModal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The built command with the provider `modal`: the real SDK, and a stand-in for Modal's servers.
class ModalIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @TempDir private Path project;
  @TempDir private Path cache;
  private FakeModal modal;

  @BeforeEach
  void start() throws IOException {
    modal = FakeModal.start(OffloadCommand.sourceRoot());
  }

  @AfterEach
  void end() throws IOException {
    modal.close();
  }

  /// Make a project whose every hundredth test, number 37, fails.
  private void tests(int count, int perFile, double seconds) throws IOException {
    for (int first = 0; first < count; first += perFile) {
      StringBuilder file = new StringBuilder("import time\n");
      for (int test = first; test < Math.min(count, first + perFile); test++) {
        file.append("def test_%d():\n    time.sleep(%s)\n".formatted(test, seconds))
            .append("    assert %s\n".formatted(test % 100 != 37 ? "True" : "False"));
      }
      Files.writeString(project.resolve("test_%03d.py".formatted(first / perFile)), file);
    }
  }

  private OffloadCommand offload(int sandboxes) throws IOException {
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        sandbox_project_root = "/app"
        max_parallel = %d
        [provider]
        type = "modal"
        include_cwd = true
        # Twenty sandboxes share this machine: that one is slow must not look like its end.
        lost_secs = 60
        sdk = "%s"
        [framework]
        type = "pytest"
        command = "%s -m pytest"
        [groups.all]
        retry_count = 1
        """
            .formatted(sandboxes, modal.sdk(2), FakeModal.python()));
    return OffloadCommand.in(project).with("OFFLOAD_CACHE_DIR", cache.toString()).within(LIMIT);
  }

  private <T extends RunEvent> List<T> events(Class<T> kind) {
    return Journal.events(project.resolve("test-results"), kind);
  }

  private void awaitDecided(int count) throws InterruptedException {
    ShellProject.await(
        count + " tests are decided", () -> events(RunEvent.TestDecided.class).size() >= count);
  }

  /// Return the handle of a sandbox in which tests run now.
  private String busySandbox() {
    Map<SandboxId, String> ready = new HashMap<>();
    List<SandboxId> busy = new ArrayList<>();
    for (RunEvent event : Journal.events(project.resolve("test-results"))) {
      switch (event) {
        case RunEvent.SandboxReady(SandboxId sandbox, String handle) -> ready.put(sandbox, handle);
        case RunEvent.BatchStarted started -> busy.add(started.sandbox());
        case RunEvent.BatchEnded ended -> busy.remove(ended.sandbox());
        case RunEvent.SandboxLost lost -> busy.removeIf(lost.sandbox()::equals);
        default -> {}
      }
    }
    return busy.isEmpty() ? "" : ready.getOrDefault(busy.getFirst(), "");
  }

  @Test
  void fourSandboxesOfTwentyDieAndEveryVerdictIsTrue() throws Exception {
    tests(300, 10, 0.1);
    Running running = offload(20).start("run", "--show-estimated-cost");
    int[][] deaths = {{7, 0}, {8, 137}, {3, 137}, {2, 1}};
    int killed = 0;
    while (killed < deaths.length && running.process().isAlive()) {
      int due = 20 + killed * 40;
      String victim = busySandbox();
      if (events(RunEvent.TestDecided.class).size() >= due && modal.sandboxes().contains(victim)) {
        modal.kill(victim, deaths[killed][0], deaths[killed][1]);
        killed++;
      }
      Thread.sleep(20);
    }

    Result result = running.await();

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    Map<String, Verdict> verdicts = new HashMap<>();
    for (RunEvent.TestDecided decided : events(RunEvent.TestDecided.class)) {
      assertThat(verdicts.put(decided.test().value(), decided.verdict())).isNull();
    }
    assertThat(verdicts).hasSize(300);
    verdicts.forEach((test, verdict) ->
        assertThat(verdict)
            .as(test)
            .isEqualTo(test.endsWith("37") ? Verdict.FAILED : Verdict.PASSED));
    assertThat(killed).isEqualTo(deaths.length);
    assertThat(events(RunEvent.SandboxLost.class)).hasSizeBetween(1, deaths.length);
    assertThat(result.stderr()).contains("estimated cost: $0.");
    assertThat(modal.sandboxes()).isEmpty();
  }

  @Test
  void anImageIsBuiltOnceAndAgainWhenItIsGone() throws Exception {
    tests(2, 1, 0);
    Result first = offload(1).run("build");
    assertThat(first.exitCode()).as(first.stderr()).isZero();
    String image = first.stdout().strip();
    assertThat(image).startsWith("im-");

    String builds = modal.order("{\"do\": \"builds\"}");
    Result second = offload(1).run("run", "--ci", "-v");
    assertThat(second.exitCode()).as(second.stderr()).isZero();
    assertThat(modal.order("{\"do\": \"builds\"}")).isEqualTo(builds);

    modal.order("{\"do\": \"forget_image\", \"image\": \"" + image + "\"}");
    Result third = offload(1).run("build");
    assertThat(third.stderr()).contains(image + " does not exist any more");
    assertThat(third.stdout().strip()).isEqualTo(image);
    Result chosen = offload(1).run("run", "--override-image-id", "im-unknown");
    assertThat(chosen.exitCode()).as(chosen.stderr()).isEqualTo(3);
    assertThat(chosen.stderr()).contains("im-unknown").doesNotContain("Traceback");
  }

  @Test
  void aDockerfileThatFailsIsBuiltOnceAndTheRunShowsItsLastLines() throws Exception {
    tests(4, 1, 0);
    modal.close();
    modal = FakeModal.start(OffloadCommand.sourceRoot(), "--run", ": here;");
    Files.writeString(
        project.resolve("Dockerfile"),
        "FROM python:3.12\nRUN : here; i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); done; exit 3\n");
    OffloadCommand offload = offload(3);
    Path config = project.resolve("offload.toml");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("include_cwd = true", "dockerfile = \"Dockerfile\"\ninclude_cwd = true"));
    Result result = offload.run("run", "--ci");
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(3);
    // The thirty lines end with what ended it.
    assertThat(result.stderr().lines().map(String::strip))
        .contains("line 11", "line 39")
        .doesNotContain("line 10");
    assertThat(modal.order("{\"do\": \"builds\"}")).isEqualTo("1");
    assertThat(modal.sandboxes()).isEmpty();

    Result built = offload.run("build");
    assertThat(built.exitCode()).as(built.stderr()).isEqualTo(78);
    assertThat(built.stderr().lines().map(String::strip)).containsOnlyOnce("line 0", "line 39");
  }

  @Test
  void anImageThatVanishesInTheMiddleOfARunIsMadeAgainOnceForAllSandboxes() throws Exception {
    tests(36, 2, 0.2);
    Running running = offload(3).start("run", "--ci");
    awaitDecided(3);
    String asked =
        modal.order("{\"do\": \"sandbox\", \"sandbox\": \"" + modal.sandboxes().getFirst() + "\"}");
    String image = asked.replaceAll(".*\"image\": \"(im-\\w+)\".*", "$1");
    int builds = Integer.parseInt(modal.order("{\"do\": \"builds\"}"));
    modal.order("{\"do\": \"forget_image\", \"image\": \"" + image + "\"}");
    for (String sandbox : modal.sandboxes()) {
      modal.kill(sandbox, 8, 137);
    }
    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr())
        .containsOnlyOnce("the image " + image + " does not exist any more; it is made again");
    assertThat(modal.order("{\"do\": \"builds\"}")).isEqualTo(Integer.toString(builds + 1));
  }

  @Test
  void anImageThatKeepsVanishingEndsTheRun() throws Exception {
    tests(4, 1, 0);
    modal.order("{\"do\": \"expire_images\"}");
    Result result = offload(2).run("run", "--ci");
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(3);
    assertThat(result.stderr())
        .contains("was made again in this run already, and has vanished again")
        .doesNotContain("Traceback");
    assertThat(modal.sandboxes()).isEmpty();
  }

  @Test
  void sandboxesWhoseHostsFallSilentAreSuspectedAndGivenUp() throws Exception {
    tests(36, 2, 0.4);
    OffloadCommand offload = offload(3);
    Path config = project.resolve("offload.toml");
    Files.writeString(config, Files.readString(config).replace("lost_secs = 60", ""));
    Running running = offload.start("run", "--ci");
    awaitDecided(3);
    String frozen = modal.sandboxes().get(0);
    String refusing = modal.sandboxes().get(1);
    modal.order("{\"do\": \"freeze\", \"sandbox\": \"" + frozen + "\"}");
    modal.order("{\"do\": \"refuse\", \"sandbox\": \"" + refusing + "\"}");
    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    List<SandboxId> silent =
        events(RunEvent.SandboxReady.class).stream()
            .filter(ready -> List.of(frozen, refusing).contains(ready.handle()))
            .map(RunEvent.SandboxReady::sandbox)
            .toList();
    assertThat(events(RunEvent.SandboxSuspected.class))
        .extracting(RunEvent.SandboxSuspected::sandbox)
        .containsAll(silent);
    assertThat(events(RunEvent.SandboxLost.class))
        .extracting(RunEvent.SandboxLost::sandbox)
        .containsAll(silent);
    assertThat(modal.sandboxes()).isEmpty();
  }

  @Test
  void throttlingMakesTheRunSmallerAndNotRed() throws Exception {
    tests(36, 6, 0.1);
    modal.order(
        "{\"do\": \"fault\", \"rpc\": \"SandboxCreate\", \"status\": \"RESOURCE_EXHAUSTED\","
            + " \"times\": 6, \"retry_after\": 0.3}");
    Result result = offload(4).run("run");
    assertThat(result.exitCode()).as(result.stderr()).isZero();
  }

  @Test
  void aConfigurationOfTheEarlierOffloadRunsAndReplacesASandboxThatDied() throws Exception {
    tests(6, 1, 0.5);
    OffloadCommand offload = offload(2);
    String script = modal.sdk(2) + " @modal_sandbox.py";
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        sandbox_project_root = "/app"
        max_parallel = 2
        [provider]
        type = "default"
        prepare_command = "%1$s prepare --include-cwd"
        create_command = "%1$s create {image_id}"
        exec_command = "%1$s exec {sandbox_id} {command}"
        download_command = "%1$s download {sandbox_id} {paths}"
        destroy_command = "%1$s destroy {sandbox_id}"
        [framework]
        type = "pytest"
        command = "%2$s -m pytest"
        [groups.all]
        retry_count = 1
        """
            .formatted(script, FakeModal.python()));
    Running running = offload.start("run", "--ci");
    awaitDecided(1);
    String victim = modal.sandboxes().getFirst();
    modal.kill(victim, 8, 0);
    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("6 passed", "evicted for its use of memory");
    assertThat(modal.sandboxes()).isEmpty();
  }

  @Test
  void aKilledOffloadLeavesNoSandbox() throws Exception {
    tests(40, 4, 0.2);
    Running running = offload(2).start("run");
    awaitDecided(2);
    assertThat(modal.sandboxes()).isNotEmpty();
    running.process().destroyForcibly().waitFor();
    ShellProject.await(
        "the bridge ends what it started",
        () -> {
          try {
            return modal.sandboxes().isEmpty();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Test
  void theSecondEndOfTheBridgeEndsTheRunAndTheSandboxes() throws Exception {
    tests(36, 6, 0.3);
    Running running = offload(2).start("run");
    awaitDecided(2);
    Set<ProcessHandle> killed = new HashSet<>();
    while (killed.size() < 2 && running.process().isAlive()) {
      running
          .process()
          .descendants()
          .filter(process -> process.info().commandLine().orElse("").contains("modal_bridge.py"))
          .filter(killed::add)
          .forEach(ProcessHandle::destroyForcibly);
      Thread.sleep(200);
    }
    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(3);
    assertThat(result.stderr()).contains("the bridge to Modal").doesNotContain("Traceback");
    assertThat(modal.sandboxes()).isEmpty();
  }
}
