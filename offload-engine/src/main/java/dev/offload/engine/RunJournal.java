package dev.offload.engine;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.engine.event.EventJournal;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.engine.event.JournalException;
import dev.offload.engine.resume.EarlierRun;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keep the journal of a run in the output folder, and take over that of a run which was killed.
///
/// While a journal is taken over it lies beside the new one as [EarlierRun#INTERRUPTED], so that
/// being killed again in that moment loses nothing either.
final class RunJournal {
  private static final int LAST_LINES = 4_096;

  private final Path folder;
  private final Path file;
  private final Path interrupted;
  private @Nullable EventJournal journal;

  RunJournal(Path folder) {
    this.folder = folder;
    this.file = folder.resolve(EventJournal.FILE_NAME);
    this.interrupted = folder.resolve(EarlierRun.INTERRUPTED);
  }

  /// Begin a new journal.
  EventJournal create() throws IOException, JournalException {
    EventJournal created = EventJournal.create(file);
    journal = created;
    return created;
  }

  /// Set the journal of the killed run aside and return what it knows; nothing when there is none
  /// that can be gone on with.
  Optional<EarlierRun> takeOver() throws IOException, JournalException {
    if (!Files.exists(interrupted)) {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      Files.move(file, interrupted, StandardCopyOption.ATOMIC_MOVE);
    }
    return Optional.of(EarlierRun.read(interrupted));
  }

  /// Return what a killed run left behind, without taking it over; nothing when the last run came
  /// to its end.
  Optional<EarlierRun> killed() throws IOException, JournalException {
    Path last = Files.exists(interrupted) ? interrupted : file;
    if (!Files.exists(last) || endsWell(last)) {
      return Optional.empty();
    }
    return Optional.of(EarlierRun.read(last)).filter(run -> !run.isFinished());
  }

  /// Return what is known of the last run, however it ended.
  Optional<EarlierRun> last() throws IOException, JournalException {
    Optional<Path> last = EarlierRun.journalIn(folder);
    return last.isEmpty() ? Optional.empty() : Optional.of(EarlierRun.read(last.get()));
  }

  /// Look at the end only: a journal can be long.
  private static boolean endsWell(Path journal) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(journal.toFile(), "r")) {
      in.seek(Math.max(0, in.length() - LAST_LINES));
      byte[] end = new byte[LAST_LINES];
      int length = in.read(end);
      return length > 0
          && new String(end, 0, length, StandardCharsets.UTF_8).contains("\"run_finished\"");
    }
  }

  /// Forget what was set aside.
  void discardInterrupted() throws IOException {
    Files.deleteIfExists(interrupted);
  }

  /// Tell the events of the killed run again, then that it ended in the middle: attempts in flight
  /// and sandboxes are lost.
  void retell(EarlierRun earlier, EventPump events) throws IOException, JournalException {
    try (EventJournalReader reader = EventJournalReader.open(interrupted)) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        if (!(entry.get().event() instanceof RunEvent.RunFinished)) {
          events.replay(entry.get());
        }
      }
    }
    Map<SandboxId, List<TestId>> inFlight =
        new TreeMap<>(Comparator.comparingInt(SandboxId::number));
    earlier.openSandboxes().keySet().forEach(sandbox -> inFlight.put(sandbox, new ArrayList<>()));
    for (RunEvent.TestsDiscovered group : earlier.groups()) {
      for (TestCase test : group.tests()) {
        earlier
            .progress(test.id())
            .open()
            .ifPresent(open -> {
              events.accept(lost(test, open));
              inFlight.getOrDefault(open.sandbox(), new ArrayList<>()).add(test.id());
            });
      }
    }
    Death death = Death.of(Death.Cause.LOST, EarlierRun.KILLED);
    inFlight.forEach(
        (sandbox, tests) -> events.accept(new RunEvent.SandboxLost(sandbox, death, tests)));
    events.settle();
    if (isTakenOver(earlier)) {
      discardInterrupted();
    }
  }

  /// Whether the new journal holds all that the old one did; a full disk may have kept it from
  /// that.
  private boolean isTakenOver(EarlierRun earlier) throws JournalException {
    if (journal == null) {
      return false;
    }
    try {
      journal.flush();
      return EarlierRun.read(file).decided() == earlier.decided();
    } catch (IOException _) {
      return false;
    }
  }

  private static RunEvent lost(TestCase test, EarlierRun.Open open) {
    AttemptReport report = AttemptReport.of(Outcome.LOST, Duration.ZERO, EarlierRun.KILLED, "");
    return new RunEvent.AttemptFinished(
        test.id(), open.attempt(), open.batch(), open.sandbox(), open.started(), report);
  }
}
