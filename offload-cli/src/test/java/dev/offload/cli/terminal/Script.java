package dev.offload.cli.terminal;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.ReportContext;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Play a run to a terminal, with a clock that moves only when told.
final class Script {
  static final String FILE = "tests/test_shop.py::";

  private final StringWriter written = new StringWriter();
  private final TerminalReporter reporter;
  private Instant now = Instant.parse("2026-11-01T10:00:00Z");
  private long sequence;
  private int width;

  Script(boolean live, boolean colour, boolean unicode, int width, Path folder) {
    this.width = width;
    reporter =
        new TerminalReporter(
            new PrintWriter(written),
            new TerminalSettings(
                live, colour, unicode, false, () -> this.width, () -> 24, () -> {}),
            new ReportContext(folder, true, "junit.xml"),
            () -> now);
  }

  Script add(RunEvent event) {
    reporter.accept(new EventRecord(++sequence, now, event));
    return this;
  }

  Script after(long millis) {
    now = now.plusMillis(millis);
    reporter.tick();
    return this;
  }

  Script resize(int columns) {
    width = columns;
    return this;
  }

  TerminalReporter reporter() {
    return reporter;
  }

  String close() {
    reporter.close();
    return written();
  }

  String written() {
    return written.toString();
  }

  Script begin() {
    return add(new RunEvent.RunStarted("run-1", "0.1", "offload.toml", "local", "pytest", 3));
  }

  Script group(String group, int retries, String... ids) {
    return add(
        new RunEvent.TestsDiscovered(
            group,
            retries,
            Arrays.stream(ids)
                .map(id -> new TestCase(new TestId(id), group, "tests/test_shop.py", 1, id))
                .toList()));
  }

  Script ready(int sandbox) {
    return add(new RunEvent.SandboxReady(new SandboxId(sandbox), "pid 1" + sandbox));
  }

  Script batch(int batch, int sandbox, String... ids) {
    return add(
        new RunEvent.BatchStarted(
            new BatchId(batch),
            new SandboxId(sandbox),
            Arrays.stream(ids).map(TestId::new).toList(),
            false));
  }

  Script starts(String id, int attempt, int sandbox) {
    return add(
        new RunEvent.AttemptStarted(
            new TestId(id), attempt, new BatchId(sandbox), new SandboxId(sandbox)));
  }

  Script ends(String id, int attempt, int sandbox, AttemptReport report) {
    return add(
        new RunEvent.AttemptFinished(
            new TestId(id),
            attempt,
            new BatchId(sandbox),
            new SandboxId(sandbox),
            Duration.ofSeconds(1),
            report));
  }

  Script decided(String id, Verdict verdict, String reason) {
    return add(new RunEvent.TestDecided(new TestId(id), verdict, reason));
  }

  Script passes(String id, int sandbox, long millis) {
    return ends(id, 1, sandbox, AttemptReport.of(Outcome.PASSED, Duration.ofMillis(millis)))
        .decided(id, Verdict.PASSED, "");
  }

  Script lost(int sandbox, String... inFlight) {
    return add(
        new RunEvent.SandboxLost(
            new SandboxId(sandbox),
            new Death(Death.Cause.OUT_OF_MEMORY, OptionalInt.of(137), "killed by the kernel"),
            Arrays.stream(inFlight).map(TestId::new).toList()));
  }

  Script finish(int exitCode, String reason, Duration duration) {
    return add(new RunEvent.RunFinished(exitCode, reason, duration));
  }

  /// Play a run up to its middle: every kind of thing has happened or goes on.
  Script toTheMiddle() {
    begin().add(new RunEvent.PhaseStarted("discovery"));
    add(new RunEvent.Progress("discovery", "group unit")).after(1500);
    group(
            "unit",
            2,
            FILE + "test_ok",
            FILE + "test_fails",
            FILE + "test_flaky",
            FILE + "test_skipped",
            FILE + "TestCart::test_with_a_rather_long_name_that_does_not_fit[日本語-parameter-1]")
        .group("slow", 0, FILE + "test_hangs", FILE + "test_kills", FILE + "test_never_run")
        .add(new RunEvent.PhaseFinished("discovery", Duration.ofMillis(1500)))
        .add(
            new RunEvent.DurationsExpected(
                Map.of(
                    new TestId(FILE + "test_hangs"), Duration.ofSeconds(1),
                    new TestId(FILE + "test_never_run"), Duration.ofSeconds(20))))
        .add(new RunEvent.SandboxStarting(new SandboxId(3)))
        .add(new RunEvent.Warning("the group `empty` matches no test"))
        .ready(1)
        .ready(2)
        .batch(1, 1, FILE + "test_ok", FILE + "test_fails")
        .batch(2, 2, FILE + "test_flaky")
        .starts(FILE + "test_hangs", 1, 2)
        .after(2500)
        .passes(FILE + "test_ok", 1, 1234)
        .ends(
            FILE + "test_fails",
            1,
            1,
            new AttemptReport(
                Outcome.FAILED,
                Duration.ofMillis(20),
                "AssertionError: 1 != 2",
                "def test_fails():\n>       assert 1 == 2\nE       \u001b[31massert 1 == 2\u001b[0m",
                "",
                ""))
        .after(300)
        .ends(
            FILE + "test_fails",
            2,
            2,
            new AttemptReport(
                Outcome.FAILED,
                Duration.ofMillis(30),
                "AssertionError: 1 != 3",
                traceback(100),
                "printed line\n",
                "a warning\u001b]0;title\u0007\n"))
        .decided(FILE + "test_fails", Verdict.FAILED, "failed 2 times")
        .ends(
            FILE + "test_flaky",
            1,
            1,
            AttemptReport.of(Outcome.CRASHED, Duration.ofMillis(5), "exit code 3", "last words"))
        .after(2000)
        .ends(FILE + "test_flaky", 2, 2, AttemptReport.of(Outcome.PASSED, Duration.ofMillis(6)))
        .decided(FILE + "test_flaky", Verdict.FLAKY, "passed at attempt 2")
        .ends(
            FILE + "test_skipped",
            1,
            2,
            AttemptReport.of(Outcome.SKIPPED, Duration.ZERO, "needs a GPU", ""))
        .decided(FILE + "test_skipped", Verdict.SKIPPED, "")
        .starts(
            FILE + "TestCart::test_with_a_rather_long_name_that_does_not_fit[日本語-parameter-1]",
            1,
            1)
        .decided(FILE + "test_kills", Verdict.FAILED, "its sandbox died while it ran, twice")
        .lost(2, FILE + "test_kills");
    return after(4000);
  }

  Script toTheEnd() {
    return toTheMiddle().ready(3).theRest();
  }

  private Script theRest() {
    return after(30_000)
        .ends(
            FILE + "test_hangs",
            1,
            2,
            AttemptReport.of(Outcome.TIMED_OUT, Duration.ofSeconds(30), "ran longer than 30 s", ""))
        .decided(FILE + "test_hangs", Verdict.FAILED, "")
        .passes(
            FILE + "TestCart::test_with_a_rather_long_name_that_does_not_fit[日本語-parameter-1]",
            1,
            34_000)
        .decided(
            FILE + "test_never_run",
            Verdict.NOT_RUN,
            "not run: its command ended before its first test: exit code 1\npython: No module named pytest")
        .add(new RunEvent.Degraded("report.html could not be written: No space left on device"))
        .finish(1, "", Duration.ofMillis(40_300));
  }

  /// Play a run in which much goes wrong, for what is said at its end.
  Script toAHardEnd() {
    String[] late = new String[7];
    for (int i = 0; i < late.length; i++) {
      late[i] = FILE + "test_late[" + i + "]";
    }
    toTheMiddle()
        .group("late", 0, late)
        .group("more", 1, FILE + "test_message", FILE + "test_slow_once", FILE + "test_known")
        .add(
            new RunEvent.TestsQuarantined(
                new Quarantine("issue 12", "the shop team", LocalDate.of(2026, 12, 31)),
                List.of(new TestId(FILE + "test_known"))))
        .ready(3)
        .batch(3, 3, FILE + "test_message", FILE + "test_slow_once")
        .ends(
            FILE + "test_message",
            1,
            3,
            AttemptReport.of(
                Outcome.ERRORED, Duration.ofMillis(40), "no database", "  in set_up\n  in connect"))
        .decided(FILE + "test_message", Verdict.FAILED, "")
        .ends(
            FILE + "test_slow_once",
            1,
            3,
            AttemptReport.of(Outcome.TIMED_OUT, Duration.ofSeconds(20), "ran longer than 20 s", ""))
        .ends(
            FILE + "test_slow_once",
            2,
            1,
            AttemptReport.of(Outcome.PASSED, Duration.ofMillis(1500)))
        .decided(FILE + "test_slow_once", Verdict.FLAKY, "passed at attempt 2")
        .ends(
            FILE + "test_known",
            1,
            3,
            AttemptReport.of(Outcome.FAILED, Duration.ofMillis(9), "500 != 200", ""))
        .decided(FILE + "test_known", Verdict.FAILED, "500 != 200");
    for (String id : late) {
      decided(id, Verdict.NOT_RUN, "not run: 5 sandboxes were lost, and no more may be started");
    }
    return theRest();
  }

  private static String traceback(int lines) {
    StringBuilder text = new StringBuilder("Traceback (most recent call last):\n");
    for (int i = 1; i <= lines; i++) {
      text.append("  File \"shop.py\", line ").append(i).append(", in call\n");
    }
    return text + "AssertionError: 1 != 3\n";
  }

  static List<String> visible(String text) {
    return text.replace("\u001b", "\\e").replace("\r", "\\r").lines().toList();
  }
}
