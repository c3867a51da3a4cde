package dev.offload.engine;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.engine.event.EventJournal;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.engine.event.JournalException;
import dev.offload.engine.resume.EarlierRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keep the journal of a run in the output folder, and take over that of a run which was killed.
///
/// While a journal is taken over it lies beside the new one as [#INTERRUPTED], so that being killed again in that moment loses
/// nothing either.
final class RunJournal {
  private static final String INTERRUPTED = "events.interrupted.jsonl";

  private final Path file;
  private final Path interrupted;

  RunJournal(Path folder) {
    this.file = folder.resolve(EventJournal.FILE_NAME);
    this.interrupted = folder.resolve(INTERRUPTED);
  }

  /// Begin a new journal.
  EventJournal create() throws IOException, JournalException {
    return EventJournal.create(file);
  }

  /// Set the journal of the killed run aside and return what it knows; nothing when there is none that can be gone on with.
  Optional<EarlierRun> takeOver() throws IOException, JournalException {
    if (!Files.exists(interrupted)) {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      Files.move(file, interrupted, StandardCopyOption.ATOMIC_MOVE);
    }
    return Optional.of(EarlierRun.read(interrupted));
  }

  /// Forget what was set aside.
  void discardInterrupted() throws IOException {
    Files.deleteIfExists(interrupted);
  }

  /// Tell the events of the killed run again, then that it ended in the middle: attempts in flight and sandboxes are lost.
  void retell(EarlierRun earlier, EventPump events) throws IOException, JournalException {
    try (EventJournalReader reader = EventJournalReader.open(interrupted)) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        if (!(entry.get().event() instanceof RunEvent.RunFinished)) {
          events.replay(entry.get());
        }
      }
    }
    for (RunEvent.TestsDiscovered group : earlier.groups()) {
      for (TestCase test : group.tests()) {
        earlier.progress(test.id()).open().ifPresent(open -> events.accept(lost(test, open)));
      }
    }
    for (SandboxId sandbox : earlier.openSandboxes().keySet()) {
      Death death = Death.of(Death.Cause.LOST, "Offload itself was killed");
      events.accept(new RunEvent.SandboxLost(sandbox, death, new ArrayList<>(List.of())));
    }
    events.settle();
    discardInterrupted();
  }

  private static RunEvent lost(TestCase test, EarlierRun.Open open) {
    AttemptReport report =
        AttemptReport.of(Outcome.LOST, Duration.ZERO, "Offload itself was killed", "");
    return new RunEvent.AttemptFinished(
        test.id(), open.attempt(), open.batch(), open.sandbox(), open.started(), report);
  }
}
