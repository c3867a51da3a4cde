package dev.offload.engine.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestId;
import dev.offload.engine.event.EventJournal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierRunTest {
  private static final TestId A = new TestId("a");
  private static final TestId B = new TestId("b");
  private static final SandboxId SB = new SandboxId(1);

  @TempDir private Path folder;

  private EarlierRun read(RunEvent... events) throws Exception {
    Path file = folder.resolve("events.jsonl");
    try (EventJournal journal = EventJournal.create(file)) {
      long number = 0;
      for (RunEvent event : events) {
        journal.accept(new EventRecord(++number, Instant.EPOCH.plusSeconds(number), event));
      }
    }
    return EarlierRun.read(file);
  }

  private static RunEvent batch(int number, boolean hedge) {
    return new RunEvent.BatchStarted(new BatchId(number), SB, List.of(A, B), hedge);
  }

  @Test
  void knowsDuringWhichDeathsATestWasInFlight() throws Exception {
    RunEvent.SandboxLost lost =
        new RunEvent.SandboxLost(SB, Death.of(Death.Cause.OUT_OF_MEMORY, ""), List.of(A));

    EarlierRun run = read(batch(1, true), batch(2, false), lost);

    assertThat(run.deathsDuring(A)).containsExactly(lost);
    assertThat(run.deathsDuring(B)).isEmpty();
    assertThat(run.losses()).isEqualTo(1);
  }

  @Test
  void suspectsNoTestThatRanWhenOffloadItselfWasKilled() throws Exception {
    Death killed = Death.of(Death.Cause.LOST, EarlierRun.KILLED);

    EarlierRun run = read(batch(1, false), new RunEvent.SandboxLost(SB, killed, List.of(A)));

    assertThat(run.deathsDuring(A)).isEmpty();
  }

  @Test
  void suspectsNoTestThatRanASecondTimeElsewhere() throws Exception {
    EarlierRun run =
        read(
            batch(1, true),
            new RunEvent.SandboxLost(SB, Death.of(Death.Cause.LOST, ""), List.of(A)));

    assertThat(run.deathsDuring(A)).isEmpty();
    assertThat(run.losses()).isEqualTo(1);
  }
}
