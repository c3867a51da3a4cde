package dev.offload.engine.event;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Measure writing and reading `events.jsonl`: `bench/reports/run.sh`. Three events for each test.
final class JournalBench {
  private JournalBench() {}

  public static void main(String[] args) throws IOException, JournalException {
    int tests = Integer.parseInt(args[0]);
    Path file = Path.of(args[1]).resolve("events.jsonl");
    long start = System.nanoTime();
    long events = write(tests, file);
    double written = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    long read = read(file);
    double readSeconds = (System.nanoTime() - start) / 1e9;
    if (read != events) {
      throw new AssertionError(read + " events read, " + events + " written");
    }
    System.out.printf(
        Locale.ROOT,
        "%,d events: written in %.2f s, read in %.2f s, %.2f s of processor time, events.jsonl %.1f"
            + " MB%n",
        events,
        written,
        readSeconds,
        ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3,
        Files.size(file) / 1e6);
  }

  private static long write(int tests, Path file) throws IOException, JournalException {
    long sequence = 0;
    try (EventJournal journal = EventJournal.create(file)) {
      for (int i = 0; i < tests; i++) {
        TestId id = new TestId("tests/package_" + i / 1000 + "/test_m.py::test_case[" + i + "]");
        BatchId batch = new BatchId(i / 50 + 1);
        SandboxId sandbox = new SandboxId(i % 100 + 1);
        Duration at = Duration.ofMillis(i);
        AttemptReport report = AttemptReport.of(Outcome.PASSED, at);
        journal.accept(entry(++sequence, new RunEvent.AttemptStarted(id, 1, batch, sandbox)));
        journal.accept(
            entry(++sequence, new RunEvent.AttemptFinished(id, 1, batch, sandbox, at, report)));
        journal.accept(entry(++sequence, new RunEvent.TestDecided(id, Verdict.PASSED, "")));
      }
    }
    return sequence;
  }

  private static EventRecord entry(long sequence, RunEvent event) {
    return new EventRecord(sequence, Instant.EPOCH.plusMillis(sequence), event);
  }

  private static long read(Path file) throws IOException, JournalException {
    long events = 0;
    try (EventJournalReader reader = EventJournalReader.open(file)) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        events++;
      }
    }
    return events;
  }
}
