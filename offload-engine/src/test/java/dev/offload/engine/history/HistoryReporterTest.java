package dev.offload.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryReporterTest {
  @TempDir private Path folder;
  private long sequence;

  private HistoryFile file() {
    return new HistoryFile(folder.resolve("history.jsonl"), folder.resolve("locks"));
  }

  private HistoryReporter run(String id) {
    HistoryReporter run = new HistoryReporter(file(), "c", 20);
    tell(run, new RunEvent.RunStarted(id, "1", "c", "local", "pytest", 2));
    return run;
  }

  private void tell(HistoryReporter run, RunEvent event) {
    run.accept(new EventRecord(++sequence, Instant.ofEpochMilli(sequence), event));
  }

  private void ended(HistoryReporter run, String test, int sandbox, Outcome outcome) {
    tell(
        run,
        new RunEvent.AttemptFinished(
            new TestId(test),
            1,
            new BatchId(1),
            new SandboxId(sandbox),
            Duration.ZERO,
            AttemptReport.of(outcome, Duration.ofMillis(1500))));
  }

  private TestRecord record(String test) throws IOException {
    return file().read().history().find(new HistoryKey("c", test)).orElse(TestRecord.NONE);
  }

  @Test
  void recordsWhatTestsDidAndNotWhatHappenedToThem() throws IOException {
    HistoryReporter run = run("r1");
    ended(run, "good", 1, Outcome.PASSED);
    ended(run, "flaky", 1, Outcome.FAILED);
    ended(run, "flaky", 2, Outcome.PASSED);
    for (Outcome outcome : List.of(Outcome.SKIPPED, Outcome.LOST, Outcome.NOT_REPORTED)) {
      ended(run, "nothing", 1, outcome);
    }
    run.close();

    assertThat(record("good").passes()).containsExactly(new Sample("r1", 2, 1.5));
    assertThat(record("flaky").attempts()).isEqualTo(2);
    assertThat(record("flaky").failures()).isEqualTo(1);
    assertThat(record("nothing").attempts()).isZero();
  }

  @Test
  void isWrittenOnceWhenTheRunIsOver() throws IOException {
    HistoryReporter run = run("r1");
    ended(run, "t", 1, Outcome.PASSED);
    tell(run, new RunEvent.RunFinished(0, "", Duration.ofSeconds(1)));
    tell(run, new RunEvent.Degraded("a report could not be written"));
    run.close();
    run.close();

    assertThat(record("t").attempts()).isEqualTo(1);
  }

  @Test
  void forgetsTheFailuresOfACondemnedSandbox() throws IOException {
    HistoryReporter run = run("r1");
    ended(run, "t", 1, Outcome.FAILED);
    tell(
        run,
        new RunEvent.SandboxCondemned(new SandboxId(1), "black hole", List.of(new TestId("t"))));
    ended(run, "t", 2, Outcome.PASSED);
    run.close();

    assertThat(record("t").failures()).isZero();
    assertThat(record("t").attempts()).isEqualTo(1);
  }

  @Test
  void keepsWhatAPartOfTheTestsDidNotRun() throws IOException {
    HistoryReporter all = run("r1");
    ended(all, "a", 1, Outcome.PASSED);
    ended(all, "b", 1, Outcome.PASSED);
    all.close();
    String before = Files.readAllLines(file().path()).getLast();

    HistoryReporter part = run("r2");
    ended(part, "a", 1, Outcome.PASSED);
    part.close();

    assertThat(record("a").attempts()).isEqualTo(2);
    assertThat(Files.readAllLines(file().path())).hasSize(2).contains(before);
  }

  @Test
  void writesNothingWhenNothingRan() throws IOException {
    run("r1").close();

    assertThat(file().path()).doesNotExist();
  }
}
