package dev.offload.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.Verdict;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.QuarantineRules;
import dev.offload.engine.event.EventFanOut;
import dev.offload.engine.event.EventJournal;
import dev.offload.testkit.Fault;
import dev.offload.testkit.Operation;
import dev.offload.testkit.ScriptedProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs whole runs on sandboxes that go wrong by script.
class OffloadRunTest {
  @TempDir private Path folder;
  private ScriptedProvider provider;
  private final ShellFramework tests = new ShellFramework();
  private final List<RunEvent> events = new ArrayList<>();
  private QuarantineRules quarantine = QuarantineRules.NONE;

  @BeforeEach
  void make() {
    provider = ScriptedProvider.running(folder);
  }

  private OffloadConfig config(int parallel, int startBudget) {
    return config(parallel, startBudget, tests);
  }

  /// The groups of all frameworks are called as their types: `shell1`, `shell2`, …
  private OffloadConfig config(int parallel, int startBudget, ShellFramework... frameworks) {
    Duration limit = Duration.ofMinutes(5);
    Map<String, OffloadConfig.FrameworkChoice> choices = new LinkedHashMap<>();
    List<OffloadConfig.GroupSettings> groups = new ArrayList<>();
    for (ShellFramework framework : frameworks) {
      String name = "shell" + (groups.size() + 1);
      choices.put(
          name,
          new OffloadConfig.FrameworkChoice(
              name, framework, Map.of(), OffloadConfig.WarmSettings.DEFAULT));
      groups.add(new OffloadConfig.GroupSettings(name, name, 1, "", false, limit));
    }
    return new OffloadConfig(
        Path.of("offload.toml"),
        folder,
        new OffloadConfig.RunSettings(parallel, limit, folder, "", "", "", "", true, 2, false),
        new OffloadConfig.ProviderChoice(
            "scripted",
            provider,
            Map.of(),
            new OffloadConfig.RetrySettings(
                3, Duration.ofMillis(1), Duration.ofMillis(2), limit, startBudget),
            new OffloadConfig.SilenceSettings(
                Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60))),
        ScriptedProvider.running(folder),
        choices,
        groups,
        new OffloadConfig.ReportSettings(
            folder.resolve("results"), false, "junit.xml", OffloadConfig.ArtifactSettings.NONE),
        Optional.empty(),
        quarantine);
  }

  private RunEnd run(OffloadConfig config, boolean resume) throws Exception {
    Reporter keep =
        new Reporter() {
          @Override
          public void accept(EventRecord event) {
            events.add(event.event());
          }

          @Override
          public void close() {}
        };
    RunOptions options =
        new RunOptions(
            "1", "run", RunOptions.Selection.ALL, false, true, resume, false, Optional.empty());
    EventFanOut reporters = new EventFanOut();
    reporters.add("events", keep);
    return new OffloadRun(config, options, reporters).execute();
  }

  private RunEnd run(int parallel) throws Exception {
    RunEnd end = run(config(parallel, -1), false);
    assertThat(provider.open()).isEmpty();
    return end;
  }

  private long count(Class<? extends RunEvent> kind) {
    return events.stream().filter(kind::isInstance).count();
  }

  @Test
  void everyTestHasItsVerdict() throws Exception {
    tests.tests(20, "true").test("bad", "false");

    RunEnd end = run(3);

    assertThat(end.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(end.results().count(Verdict.PASSED)).isEqualTo(20);
    assertThat(count(RunEvent.DiscoveryEnded.class)).isEqualTo(1);
    assertThat(events.getFirst()).isInstanceOf(RunEvent.RunStarted.class);
    assertThat(events.getLast()).isInstanceOf(RunEvent.RunFinished.class);
  }

  @Test
  void theTestsOfOneFrameworkRunWhileThoseOfAnotherAreListed() throws Exception {
    Path ran = folder.resolve("ran");
    tests.test("first", "touch '" + ran + "'");
    ShellFramework late =
        new ShellFramework()
            .listedBy(
                "for i in $(seq 600); do test -e '" + ran + "' && exit; sleep 0.1; done; false")
            .test("late", "true");

    RunEnd end = run(config(1, -1, late, tests), false);

    assertThat(end.exitCode()).isZero();
    assertThat(end.results().total()).isEqualTo(2);
    assertThat(events.getLast()).isInstanceOf(RunEvent.RunFinished.class);
  }

  @Test
  void aListingThatFailsStopsWhatRunsBesideIt() throws Exception {
    Path began = folder.resolve("began");
    tests.test("endless", "touch '" + began + "'; sleep 600");
    ShellFramework broken =
        new ShellFramework()
            .listedBy(
                "for i in $(seq 600); do test -e '" + began + "' && break; sleep 0.1; done; false");

    RunEnd end = run(config(1, -1, tests, broken), false);

    assertThat(end.exitCode()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(end.results().count(Verdict.NOT_RUN)).isEqualTo(1);
    assertThat(((RunEvent.RunFinished) events.getLast()).reason()).contains("the listing failed");
  }

  @Test
  void aRunThatWasCutOffBeforeAllItsTestsWereKnownIsNotGoneOnWith() throws Exception {
    tests.tests(4, "true");
    run(1);
    Path journal = folder.resolve("results").resolve(EventJournal.FILE_NAME);
    List<String> lines = Files.readAllLines(journal);
    int end = 0;
    while (!lines.get(end).contains("\"discovery_ended\"")) {
      end++;
    }
    Files.write(journal, lines.subList(0, end));
    events.clear();

    assertThat(run(config(1, -1), true).exitCode()).isZero();
    assertThat(events)
        .filteredOn(RunEvent.Warning.class::isInstance)
        .singleElement()
        .asString()
        .contains("had not found its tests yet");
  }

  @Test
  void aQuarantinedFailureStopsNothingAndChangesNoExitCode() throws Exception {
    tests.test("bad", "false").tests(20, "true");
    Quarantine until = new Quarantine("known", "me", LocalDate.MAX);
    quarantine =
        new QuarantineRules(
            List.of(new QuarantineRules.Rule("bad", Pattern.compile("bad"), until, "q:1")));

    RunOptions options =
        new RunOptions(
            "1", "run", RunOptions.Selection.ALL, true, true, false, false, Optional.empty());
    RunEnd end = new OffloadRun(config(1, -1), options, new EventFanOut()).execute();

    assertThat(end.exitCode()).isEqualTo(ExitCodes.PASSED);
    assertThat(end.results().count(Verdict.PASSED)).isEqualTo(20);
    assertThat(end.results().tests().getFirst().isExcused()).isTrue();
  }

  @Test
  void aRunWhoseEveryStartFailsEndsAndSaysWhy() throws Exception {
    tests.tests(5, "true");
    provider.planFirst(100, Operation.START, Fault.failsInPassing("no room at the inn"));

    RunEnd end = run(config(2, 2), false);

    assertThat(end.exitCode()).isEqualTo(ExitCodes.NOT_RUN);
    assertThat(end.results().tests())
        .allSatisfy(test -> assertThat(test.reason()).contains("no room at the inn"));
  }

  @Test
  void aFatalStartEndsTheRunAtOnce() throws Exception {
    tests.tests(5, "true");
    provider.planFirst(100, Operation.START, Fault.failsForGood("log in first"));

    RunEnd end = run(2);

    assertThat(end.exitCode()).isEqualTo(ExitCodes.NOT_RUN);
    assertThat(provider.calls(Operation.START)).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aQuotaShrinksThePoolAndFailsNothing() throws Exception {
    tests.tests(30, "sleep 0.05");
    for (int sandbox = 2; sandbox <= 40; sandbox++) {
      provider.plan(
          new SandboxId(sandbox),
          Operation.START,
          1,
          Fault.unavailable("quota", Duration.ofMillis(50)));
    }

    RunEnd end = run(4);

    assertThat(end.exitCode()).isZero();
  }

  @Test
  void theDeathOfEverySandboxAtItsFirstBatchCostsNoVerdict() throws Exception {
    tests.tests(20, "true");
    for (int sandbox = 1; sandbox <= 3; sandbox++) {
      provider.plan(new SandboxId(sandbox), Operation.RUN, 1, Fault.dies("the host is gone"));
    }

    RunEnd end = run(3);

    assertThat(end.exitCode()).isZero();
    assertThat(count(RunEvent.SandboxLost.class)).isPositive();
  }

  @Test
  void aRunThatWasCutOffGoesOnWhereItWas() throws Exception {
    Path ran = folder.resolve("ran");
    tests
        .tests(6, "echo x >>'" + ran + "'")
        .test("flaky", "echo x >>'" + ran + "'; test -e once || { touch once; false; }");
    run(2);
    cutOff(6);
    long before = Files.readAllLines(ran).size();
    events.clear();

    RunEnd end = run(config(2, -1), true);

    assertThat(end.results().total()).isEqualTo(7);
    assertThat(end.results().decided()).isEqualTo(7);
    assertThat(Files.readAllLines(ran)).hasSizeLessThan((int) (2 * before));
    assertThat(count(RunEvent.RunStarted.class)).isEqualTo(1);
    assertThat(folder.resolve("results/events.interrupted.jsonl")).doesNotExist();
  }

  @Test
  void aFailureBeforeTheCutMakesALaterPassFlaky() throws Exception {
    tests.test("flaky", "test -e once || { touch once; false; }");
    run(1);
    Path journal = folder.resolve("results").resolve(EventJournal.FILE_NAME);
    List<String> lines = Files.readAllLines(journal);
    int failed = 0;
    while (!lines.get(failed).contains("\"outcome\":\"failed\"")) {
      failed++;
    }
    Files.write(journal, lines.subList(0, failed + 1));
    events.clear();

    RunEnd end = run(config(1, -1), true);

    assertThat(end.exitCode()).isEqualTo(ExitCodes.FLAKY);
  }

  @Test
  void beingKilledAgainWhileTheJournalIsTakenOverLosesNothing() throws Exception {
    tests.tests(4, "true");
    run(2);
    cutOff(2);
    Path results = folder.resolve("results");
    Path journal = results.resolve(EventJournal.FILE_NAME);
    Files.move(journal, results.resolve("events.interrupted.jsonl"));
    Files.writeString(journal, "");
    events.clear();

    RunEnd end = run(config(2, -1), true);

    assertThat(end.exitCode()).isZero();
    assertThat(end.results().total()).isEqualTo(4);
  }

  /// Take the end of the journal away, after so many decided tests, as a kill does.
  private void cutOff(int decided) throws Exception {
    Path journal = folder.resolve("results").resolve(EventJournal.FILE_NAME);
    List<String> lines = Files.readAllLines(journal);
    int end = 0;
    for (int seen = 0; seen < decided; end++) {
      seen += lines.get(end).contains("\"test_decided\"") ? 1 : 0;
    }
    Files.write(journal, lines.subList(0, end));
  }

  @Test
  void whatIsBuiltOnceReachesEachSandboxOnce() throws Exception {
    Path builds = folder.resolve("builds");
    tests
        .build("echo once >>'" + builds + "'; echo good >\"$1/answer\"", "answer")
        .tests(12, "sleep 0.05; grep -q good \"$built/answer\"");

    RunEnd end = run(2);

    assertThat(end.exitCode()).isZero();
    assertThat(builds).hasContent("once");
    assertThat(provider.calls(Operation.UPLOAD).stream().map(ScriptedProvider.Call::number))
        .allMatch(number -> number == 1);
  }

  @Test
  void aBuildThatFailsLeavesEveryTestUnrunForThatReason() throws Exception {
    tests.build("echo no such crate >&2; false").tests(3, "true");

    RunEnd end = run(2);

    assertThat(end.exitCode()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(end.results().tests())
        .hasSize(3)
        .allSatisfy(test -> assertThat(test.reason()).isEqualTo("the build failed"));
    assertThat(((RunEvent.RunFinished) events.getLast()).reason()).contains("no such crate");
  }
}
