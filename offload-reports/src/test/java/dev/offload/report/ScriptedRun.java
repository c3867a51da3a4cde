package dev.offload.report;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Write the events of a run by hand, one second apart.
final class ScriptedRun {
  private final List<EventRecord> entries = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-01T10:00:00Z");

  ScriptedRun add(RunEvent event) {
    entries.add(new EventRecord(entries.size() + 1, now, event));
    now = now.plusSeconds(1);
    return this;
  }

  ScriptedRun begin() {
    return add(new RunEvent.RunStarted("run-1", "0.1", "offload.toml", "local", "pytest", 2));
  }

  ScriptedRun group(String group, String... ids) {
    List<TestCase> tests = new ArrayList<>();
    for (String id : ids) {
      int end = id.indexOf("::");
      String file = end < 0 ? "" : id.substring(0, end);
      tests.add(new TestCase(new TestId(id), group, file, end < 0 ? 0 : 10 + tests.size(), id));
    }
    return add(new RunEvent.TestsDiscovered(group, 2, tests));
  }

  ScriptedRun ready(int sandbox) {
    return add(new RunEvent.SandboxReady(new SandboxId(sandbox), "handle-" + sandbox));
  }

  ScriptedRun lost(int sandbox, String... inFlight) {
    return add(
        new RunEvent.SandboxLost(
            new SandboxId(sandbox),
            new Death(Death.Cause.OUT_OF_MEMORY, OptionalInt.of(137), ""),
            List.of(inFlight).stream().map(TestId::new).toList()));
  }

  ScriptedRun started(String id, int number, int sandbox) {
    return add(
        new RunEvent.AttemptStarted(
            new TestId(id), number, new BatchId(sandbox), new SandboxId(sandbox)));
  }

  ScriptedRun attempt(String id, int number, int sandbox, AttemptReport report) {
    return add(
        new RunEvent.AttemptFinished(
            new TestId(id),
            number,
            new BatchId(sandbox),
            new SandboxId(sandbox),
            Duration.ofSeconds(entries.size()),
            report));
  }

  ScriptedRun decided(String id, Verdict verdict, String reason) {
    return add(new RunEvent.TestDecided(new TestId(id), verdict, reason));
  }

  ScriptedRun passed(String id, int sandbox, long millis) {
    return attempt(id, 1, sandbox, AttemptReport.of(Outcome.PASSED, Duration.ofMillis(millis)))
        .decided(id, Verdict.PASSED, "");
  }

  ScriptedRun finish(int exitCode, String reason) {
    return add(
        new RunEvent.RunFinished(
            exitCode, reason, Duration.ofMillis(entries.size() * 1000L + 250)));
  }

  List<EventRecord> entries() {
    return entries;
  }

  void play(Reporter reporter) throws IOException {
    for (EventRecord entry : entries) {
      reporter.accept(entry);
    }
    reporter.close();
  }

  /// A run in which everything happens once.
  static ScriptedRun everything() {
    String file = "tests/test_shop.py";
    return new ScriptedRun()
        .begin()
        .group(
            "unit",
            file + "::test_ok",
            file + "::TestCart::test_add[1::2]",
            file + "::test_fails",
            file + "::test_flaky",
            file + "::test_fixture",
            file + "::test_skipped",
            file + "::test_mixed")
        .group("slow", file + "::test_hangs", file + "::test_kills", file + "::test_never", "plain")
        .ready(1)
        .ready(2)
        .passed(file + "::test_ok", 1, 1234)
        .passed(file + "::TestCart::test_add[1::2]", 2, 1)
        .attempt(
            file + "::test_fails",
            1,
            1,
            new AttemptReport(
                Outcome.FAILED,
                Duration.ofMillis(20),
                "AssertionError: 1 != 2",
                "def test_fails():\n>   assert 1 == 2 & \"x\" < 'y'\nE   AssertionError",
                "printed\u001b[31m red\u001b[0m\r\n",
                "warned ]]>"))
        .attempt(
            file + "::test_fails",
            2,
            2,
            AttemptReport.of(
                Outcome.FAILED, Duration.ofMillis(30), "AssertionError: 1 != 3", "second trace"))
        .decided(file + "::test_fails", Verdict.FAILED, "failed 2 times")
        .attempt(
            file + "::test_flaky",
            1,
            1,
            new AttemptReport(
                Outcome.FAILED, Duration.ofMillis(5), "assert 0", "trace 1", "out 1", "err 1"))
        .attempt(
            file + "::test_flaky",
            2,
            2,
            AttemptReport.of(Outcome.CRASHED, Duration.ZERO, "exit code 3", "last lines"))
        .attempt(
            file + "::test_flaky", 3, 1, AttemptReport.of(Outcome.PASSED, Duration.ofMillis(6)))
        .decided(file + "::test_flaky", Verdict.FLAKY, "passed at attempt 3")
        .attempt(
            file + "::test_fixture",
            1,
            1,
            AttemptReport.of(
                Outcome.ERRORED, Duration.ofMillis(2), "sqlite3.OperationalError: locked", "E"))
        .decided(file + "::test_fixture", Verdict.FAILED, "")
        .attempt(
            file + "::test_skipped",
            1,
            2,
            AttemptReport.of(Outcome.SKIPPED, Duration.ZERO, "needs \"GPU\"", ""))
        .decided(file + "::test_skipped", Verdict.SKIPPED, "")
        .attempt(
            file + "::test_mixed",
            1,
            1,
            AttemptReport.of(Outcome.ERRORED, Duration.ofMillis(2), "OSError: no", "first"))
        .attempt(
            file + "::test_mixed",
            2,
            2,
            AttemptReport.of(Outcome.FAILED, Duration.ofMillis(3), "boom", "second"))
        .decided(file + "::test_mixed", Verdict.FAILED, "")
        .attempt(
            file + "::test_hangs",
            1,
            1,
            AttemptReport.of(
                Outcome.TIMED_OUT, Duration.ofSeconds(30), "ran longer than 30 s", "stack dump"))
        .decided(file + "::test_hangs", Verdict.FAILED, "")
        .attempt(file + "::test_kills", 1, 1, AttemptReport.of(Outcome.LOST, Duration.ofSeconds(1)))
        .lost(1, file + "::test_kills")
        .attempt(file + "::test_kills", 2, 2, AttemptReport.of(Outcome.LOST, Duration.ofSeconds(1)))
        .lost(2, file + "::test_kills")
        .decided(
            file + "::test_kills",
            Verdict.FAILED,
            "its sandbox died while it ran, twice: out of memory in sb-1, out of memory in sb-2")
        .decided(
            file + "::test_never", Verdict.NOT_RUN, "not run: no sandbox could be started: quota")
        .ready(3)
        .passed("plain", 3, 7)
        .finish(1, "");
  }
}
