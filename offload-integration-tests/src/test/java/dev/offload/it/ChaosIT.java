package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.Verdict;
import dev.offload.it.OffloadCommand.Result;
import dev.offload.it.OffloadCommand.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Kills sandboxes, real processes, at every moment of their lives.
class ChaosIT {
  private static final String MANY_LOSSES = "retry = { start_budget = 200 }";

  @TempDir private Path place;
  private ShellProject project;

  @BeforeEach
  void make() throws IOException {
    project = new ShellProject(place);
  }

  @AfterEach
  void leavesNothing() throws InterruptedException {
    project.nothingIsLeft();
  }

  /// A kill for every so many decided tests: as many on a slow machine as on a fast one.
  private void killWhileItRuns(Running running, int every) throws InterruptedException {
    Random random = new Random(1);
    Set<String> killed = new HashSet<>();
    while (running.process().isAlive()) {
      int due = project.events(RunEvent.TestDecided.class).size() / every;
      List<String> live = new ArrayList<>(ready());
      live.removeAll(killed);
      if (killed.size() < due && !live.isEmpty()) {
        String victim = live.get(random.nextInt(live.size()));
        killed.add(victim);
        project.kill(victim, "KILL");
      }
      Thread.sleep(50);
    }
    assertThat(killed).isNotEmpty();
  }

  private List<String> ready() {
    Map<Object, String> live = new HashMap<>();
    for (RunEvent event : project.events()) {
      switch (event) {
        case RunEvent.SandboxReady(var sandbox, String handle) -> live.put(sandbox, handle);
        case RunEvent.SandboxLost lost -> live.remove(lost.sandbox());
        case RunEvent.SandboxClosed(var sandbox) -> live.remove(sandbox);
        default -> {}
      }
    }
    return live.values().stream().sorted().toList();
  }

  private void awaitDecided(int count) throws InterruptedException {
    ShellProject.await(
        count + " tests are decided",
        () -> project.events(RunEvent.TestDecided.class).size() >= count);
  }

  @Test
  void killedSandboxesCostNoVerdictAndOneAttemptPerTestInFlight() throws Exception {
    project.sleeping(400);
    Running running = project.command(8, MANY_LOSSES).start("run");

    killWhileItRuns(running, 25);

    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    project.everyVerdictIsTrue();
    Map<Integer, Long> lost =
        project.events(RunEvent.SandboxLost.class).stream()
            .flatMap(event -> event.inFlight().stream())
            .collect(
                Collectors.groupingBy(
                    test -> ShellProject.number(test.value()), Collectors.counting()));
    Map<Integer, Long> copies = copies();
    project
        .executions()
        .forEach((test, times) -> {
          long most =
              (test % 100 == 37 ? 2 : 1)
                  + lost.getOrDefault(test, 0L)
                  + copies.getOrDefault(test, 0L);
          // A test may have begun and its word of that not have arrived: then its sandbox took it
          // along.
          assertThat(times).as("executions of test %d", test).isBetween(1L, most + 1);
        });
  }

  /// Return how often each test was handed out a second time, because it was late or its sandbox
  /// silent for a moment: on a busy machine that can happen to any.
  private Map<Integer, Long> copies() {
    return project.events(RunEvent.BatchStarted.class).stream()
        .filter(RunEvent.BatchStarted::hedge)
        .flatMap(batch -> batch.tests().stream())
        .collect(
            Collectors.groupingBy(
                test -> ShellProject.number(test.value()), Collectors.counting()));
  }

  @Test
  void aStoppedSandboxIsGivenUpAfterItsSilence() throws Exception {
    project.sleeping(30).test("time.sleep(4)").test("time.sleep(4)");
    Running running = project.command(2, "lost_secs = 4").start("run");
    ShellProject.await(
        "a test runs", () -> !project.events(RunEvent.AttemptStarted.class).isEmpty());

    project.kill(ready().getFirst(), "STOP");

    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    project.everyVerdictIsTrue();
    assertThat(project.events(RunEvent.SandboxSuspected.class)).isNotEmpty();
    assertThat(project.events(RunEvent.SandboxLost.class)).isNotEmpty();
  }

  /// In `$2` is the sandbox; the first call of the kind kills it.
  @ParameterizedTest
  @CsvSource({
    "create, 'echo OFFLOAD_SANDBOX_DEAD: no power >&2; exit 75'",
    "exec, 'sh scripts/kill.sh \"$2\"'",
    "destroy, 'sh scripts/kill.sh \"$2\"; exit 75'"
  })
  void aDeathAtAnyMomentCostsNoVerdict(String command, String shell) throws Exception {
    Path mark = project.folder.resolve("once");
    String scripts =
        OffloadCommand.sourceRoot().resolve("examples/shell-provider/scripts").toString();
    project
        .sleeping(12)
        .fault(
            command,
            "if mkdir '"
                + mark
                + "' 2>/dev/null; then "
                + shell.replace("scripts/", "'" + scripts + "'/")
                + "; fi");

    Result result = project.command(2).run("run");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    project.everyVerdictIsTrue();
    assertThat(mark).exists();
    for (String box : project.boxes()) {
      // The one whose destroy_command did not do its work.
      project.offload().runProgram("sh", scripts + "/destroy.sh", box);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"upload", "download"})
  void aDeathWhileAFileIsCopiedCostsNoVerdict(String copy) throws Exception {
    for (int i = 0; i < 12; i++) {
      project.test("open('made-%d' % os.getpid(), 'a').write('x')", "time.sleep(0.05)");
    }
    String scripts =
        OffloadCommand.sourceRoot().resolve("examples/shell-provider/scripts").toString();
    String dies =
        "if mkdir once 2>/dev/null; then sh '" + scripts + "/kill.sh' \"$2\"; exit 75; fi";
    for (String each : List.of("upload", "download")) {
      // A file in such a sandbox has the same path outside.
      String works = "cp \"$3\" \"$4\"; exit";
      project.fault(each, each.equals(copy) ? dies + "\n" + works : works);
    }

    Result result =
        project
            .command(
                2,
                """
                suspect_secs = 60
                upload_command = "sh command.sh upload {sandbox_id} {local} {remote}"
                download_command = "sh command.sh download {sandbox_id} {remote} {local}"
                [report]
                download_globs = ["made-*"]
                """)
            .run("run");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    project.everyVerdictIsTrue();
    assertThat(project.folder.resolve("once")).exists();
    assertThat(project.events(RunEvent.SandboxLost.class)).hasSize(1);
    // What is told is told: files that are lost cost no test another execution.
    Map<Integer, Long> copies = copies();
    project
        .executions()
        .forEach(
            (test, times) -> assertThat(times).isBetween(1L, 1 + copies.getOrDefault(test, 0L)));
    try (Stream<Path> files = Files.walk(project.folder.resolve("test-results/artifacts"))) {
      assertThat(files).anyMatch(file -> file.getFileName().toString().startsWith("made-"));
    }
  }

  @Test
  void aSandboxThatDiesBetweenBatchesIsReplaced() throws Exception {
    project.sleeping(30);
    String scripts =
        OffloadCommand.sourceRoot().resolve("examples/shell-provider/scripts").toString();
    // Once one batch is over, the sandbox dies before the next command.
    project.fault(
        "exec",
        "if grep -q batch_ended test-results/events.jsonl && mkdir once 2>/dev/null; then sh '"
            + scripts
            + "/kill.sh' \"$2\"; fi");

    Result result = project.command(2).run("run");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    project.everyVerdictIsTrue();
  }

  @Test
  void theDeathOfAllSandboxesAtOnceCostsNoVerdict() throws Exception {
    project.sleeping(60);
    Running running = project.command(4).start("run");
    awaitDecided(5);

    ready().parallelStream().forEach(box -> project.kill(box, "KILL"));

    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    project.everyVerdictIsTrue();
  }

  @Test
  void aProviderThatCreatesNothingEndsTheRunWithItsWords() throws Exception {
    project.sleeping(10).fault("create", "echo 'the cloud is full of holes' >&2; exit 1");

    Result result = project.command(4).run("run");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.stderr()).contains("no sandbox can be started", "the cloud is full of holes");
    assertThat(project.calls("create")).hasSizeBetween(6, 9);
    assertThat(project.verdicts().values()).containsOnly(Verdict.NOT_RUN).hasSize(10);
  }

  @Test
  void aBlackHoleAmongGoodSandboxesFailsNoTest() throws Exception {
    for (int i = 0; i < 37; i++) {
      project.test("assert not os.path.exists('hole')", "time.sleep(0.1)");
    }
    // The first sandbox is broken: every test fails in it at once.
    project.fault(
        "exec", "if mkdir once 2>/dev/null; then : >\"$OFFLOAD_SHELL_SANDBOXES/$2/work/hole\"; fi");

    Result result = project.command(8).run("run");

    assertThat(result.exitCode()).as(result.stderr()).isIn(0, 2);
    assertThat(project.verdicts().values())
        .doesNotContain(Verdict.FAILED, Verdict.NOT_RUN)
        .hasSize(37);
  }

  @Test
  void aTestThatKillsItsSandboxFailsAloneWithTheEvidence() throws Exception {
    String scripts =
        OffloadCommand.sourceRoot().resolve("examples/shell-provider/scripts").toString();
    project.sleeping(400);
    project.test(
        "subprocess.run(['sh', '" + scripts + "/kill.sh', os.environ['SHELL_SANDBOX']])",
        "time.sleep(60)");

    // A copy would take a third sandbox along: DispatcherTest has that, where it does not hang on
    // the moment. Nor is a silence waited for.
    Result result =
        project
            .withoutCopies()
            .command(8, "suspect_secs = 60")
            .with("OFFLOAD_SHELL_SANDBOXES", project.sandboxes.toString())
            .run("run");

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    assertThat(project.verdicts()).hasSize(401);
    project
        .verdicts()
        .forEach((test, verdict) ->
            assertThat(verdict)
                .as("test %d", test)
                .isEqualTo(test == 400 || test % 100 == 37 ? Verdict.FAILED : Verdict.PASSED));
    assertThat(Files.readString(project.folder.resolve("test-results/summary.json")))
        .contains("test_0400", "its sandbox died while it ran, twice");
    assertThat(project.executions().get(400)).isEqualTo(2);
  }

  @Test
  void aDownloadThatAlwaysAnswersWithTheSentinelIsAskedOncePerSandbox() throws Exception {
    project.fault("download", "echo 'OFFLOAD_SANDBOX_DEAD: it went away' >&2; exit 75");
    project.write(
        2,
        "retry = { start_budget = 4 }\ndownload_command = \"sh command.sh download {sandbox_id} {paths}\"",
        """
        type = "default"
        discover_command = "printf '%s\\\\n' a b c d # {filters}"
        run_command = "echo ran {tests} >{result_file}"
        test_id_format = "{name}"
        """);

    Result result = project.offload().run("run");

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(3);
    assertThat(result.stderr()).contains(" 0 failed");
    assertThat(project.calls("download")).isNotEmpty().doesNotHaveDuplicates();
    assertThat(result.stderr()).contains("it went away");
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalEndsTheRunAndEverySandbox(String signal, int exitCode) throws Exception {
    project.sleeping(30).test("time.sleep(300)");
    Running running = project.command(2).start("run");
    awaitDecided(3);

    new ProcessBuilder("kill", "-" + signal, "" + running.process().pid()).start().waitFor();

    Result result = running.await();
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(exitCode);
    assertThat(Files.readString(project.folder.resolve("test-results/junit.xml")))
        .contains("tests=\"31\"");
  }
}
