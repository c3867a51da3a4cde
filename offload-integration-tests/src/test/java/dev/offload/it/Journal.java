package dev.offload.it;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.engine.event.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Read what a run has written down, also while it runs.
final class Journal {
  private Journal() {}

  /// Return the events so far.
  ///
  /// @param output the output folder of the run
  static List<RunEvent> events(Path output) {
    Path journal = output.resolve("events.jsonl");
    List<RunEvent> events = new ArrayList<>();
    if (!Files.exists(journal)) {
      return events;
    }
    try (EventJournalReader reader = EventJournalReader.open(journal)) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        events.add(entry.get().event());
      }
    } catch (IOException | JournalException _) {
      // It is being made.
      return events;
    }
    return events;
  }

  /// Return the events of one kind so far.
  static <T extends RunEvent> List<T> events(Path output, Class<T> kind) {
    return events(output).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /// Return the name of the run, or wait until it has one.
  static String runId(Path output) throws InterruptedException {
    ShellProject.await("the run has begun", () -> !events(output).isEmpty());
    return events(output, RunEvent.RunStarted.class).getFirst().runId();
  }
}
