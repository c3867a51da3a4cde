package dev.offload.engine.event;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Hold one event of each kind, with every field filled.
final class SampleEvents {
  static final TestId TEST = new TestId("tests/test_é.py::test[a\nb::\ud83d\ude80\udcff]");

  private SampleEvents() {}

  static List<RunEvent> all() {
    SandboxId sandbox = new SandboxId(3);
    BatchId batch = new BatchId(7);
    return List.of(
        new RunEvent.RunStarted("r-1", "0.1", "offload.toml", "local", "pytest", 4),
        new RunEvent.PhaseStarted("discovery"),
        new RunEvent.PhaseFinished("discovery", Duration.ofNanos(1_234_567_890L)),
        new RunEvent.Progress("discovery", "group unit: 3 tests"),
        new RunEvent.TestsDiscovered(
            "unit",
            2,
            List.of(
                new TestCase(TEST, "unit", "tests/test_é.py", 12, "3"),
                new TestCase(new TestId("b"), "other", "", 0, "b"))),
        new RunEvent.ShardSelected(2, 5, 1_000, "3f9a"),
        new RunEvent.TestsQuarantined(
            new Quarantine("a bug", "the net team", LocalDate.of(2026, 12, 31)), List.of(TEST)),
        new RunEvent.TestsWithdrawn(List.of(TEST)),
        new RunEvent.DiscoveryEnded(),
        new RunEvent.DurationsExpected(Map.of(TEST, Duration.ofMillis(1_250))),
        new RunEvent.Warning("an unknown key"),
        new RunEvent.Degraded("a report was not written"),
        new RunEvent.SandboxStarting(sandbox),
        new RunEvent.SandboxReady(sandbox, "pid 4711"),
        new RunEvent.SandboxStartFailed(sandbox, "quota"),
        new RunEvent.SandboxSuspected(sandbox, "silent for 30 s"),
        new RunEvent.SandboxHeard(sandbox),
        new RunEvent.SandboxLost(
            sandbox,
            new Death(Death.Cause.OUT_OF_MEMORY, OptionalInt.of(137), "killed"),
            List.of(TEST)),
        new RunEvent.SandboxCondemned(sandbox, "five failures in a row", List.of(TEST)),
        new RunEvent.SandboxClosed(sandbox),
        new RunEvent.BatchStarted(batch, sandbox, List.of(TEST, new TestId("b")), true),
        new RunEvent.BatchEnded(batch, sandbox, "exit code 1", false, true),
        new RunEvent.AttemptStarted(TEST, 2, batch, sandbox),
        new RunEvent.AttemptFinished(
            TEST,
            2,
            batch,
            sandbox,
            Duration.ofMillis(1500),
            new AttemptReport(
                Outcome.TIMED_OUT,
                Duration.ofMillis(10),
                "too long",
                "trace\n",
                "out\0\u001b",
                "err")),
        new RunEvent.TestDecided(TEST, Verdict.FLAKY, "passed at attempt 2"),
        new RunEvent.RunFinished(2, "cancelled", Duration.ofSeconds(61)));
  }

  static List<EventRecord> records() {
    List<EventRecord> records = new ArrayList<>();
    for (RunEvent event : all()) {
      records.add(record(records.size() + 1, event));
    }
    return records;
  }

  static EventRecord record(long sequence, RunEvent event) {
    return new EventRecord(
        sequence, Instant.parse("2026-11-01T10:00:00.123456789Z").plusMillis(sequence), event);
  }
}
