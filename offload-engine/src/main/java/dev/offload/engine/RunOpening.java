package dev.offload.engine;

import dev.offload.api.event.RunEvent;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import dev.offload.engine.event.EventFanOut;
import dev.offload.engine.event.EventJournal;
import dev.offload.engine.event.JournalException;
import dev.offload.engine.event.WriteFailure;
import dev.offload.engine.resume.EarlierRun;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Open what a run writes to, and find what an earlier run left there.
///
/// A folder that cannot be written degrades the reports, never the run.
final class RunOpening implements AutoCloseable {
  private final OutputFolder folder;
  private final RunJournal journal;
  private final List<RunEvent> troubles = new ArrayList<>();
  private final EventFanOut listeners = new EventFanOut();
  private Optional<EarlierRun> earlier = Optional.empty();
  private Optional<EarlierRun> left = Optional.empty();

  /// Open the output folder.
  ///
  /// @param resume whether to look for a run that was killed
  /// @throws OutputFolder.InUse when another run writes to it
  RunOpening(ReportSettings report, boolean resume) throws OutputFolder.InUse {
    journal = new RunJournal(report.outputDirectory());
    folder = claim(report, resume);
    try {
      if (resume) {
        earlier = journal.takeOver().filter(this::canGoOn);
      } else {
        left = killed();
        journal.discardInterrupted();
      }
      listeners.add(EventJournal.FILE_NAME, journal.create());
    } catch (IOException | JournalException e) {
      degrade(report, e);
    }
  }

  private OutputFolder claim(ReportSettings report, boolean resume) throws OutputFolder.InUse {
    try {
      return OutputFolder.claim(report.outputDirectory(), resume);
    } catch (IOException e) {
      degrade(report, e);
      return OutputFolder.NONE;
    }
  }

  private void degrade(ReportSettings report, Exception e) {
    troubles.add(
        new RunEvent.Degraded(
            "nothing can be written to "
                + report.outputDirectory()
                + ": "
                + WriteFailure.inWords(e)));
  }

  private boolean canGoOn(EarlierRun run) {
    if (!run.isDiscovered()) {
      troubles.add(
          new RunEvent.Warning("the killed run had not found its tests yet: this is a new run"));
    }
    return run.isDiscovered();
  }

  /// Return who hears first what happens: the journal, if it can be written.
  EventFanOut listeners() {
    return listeners;
  }

  /// Return the run to go on with.
  Optional<EarlierRun> earlier() {
    return earlier;
  }

  /// Return a killed run that is not gone on with, if this provider can know its sandboxes.
  Optional<EarlierRun> left(String provider) {
    return left.filter(run -> run.provider().equals(provider));
  }

  private Optional<EarlierRun> killed() {
    try {
      return journal.killed();
    } catch (IOException | JournalException _) {
      // What cannot be read is no journal of a run; it is about to be replaced.
      return Optional.empty();
    }
  }

  /// Return when the run began; the time between two halves of a resumed run does not count.
  Instant started(Instant now) {
    return earlier.map(run -> now.minus(run.elapsed())).orElse(now);
  }

  /// Tell how the run begins: anew, or with all that happened before it was killed.
  void tell(RunEvent.RunStarted anew, EventPump events) {
    if (earlier.isPresent()) {
      try {
        journal.retell(earlier.get(), events);
      } catch (IOException | JournalException e) {
        events.accept(new RunEvent.Degraded("the killed run cannot be read again: " + e));
      }
    } else {
      events.accept(anew);
    }
    troubles.forEach(events);
  }

  /// Let the next run have the folder.
  @Override
  public void close() {
    try {
      folder.close();
    } catch (IOException e) {
      System.getLogger(RunOpening.class.getName())
          .log(System.Logger.Level.WARNING, "the output folder's lock is not released", e);
    }
  }
}
