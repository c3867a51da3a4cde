package dev.offload.engine.event;

import dev.offload.api.event.EventRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Make reports again from a journal.
public final class EventReplay {
  private EventReplay() {}

  /// Say how a replay went.
  ///
  /// @param events how many events were read
  /// @param complete whether the journal holds the end of its run
  /// @param problems lines that could not be used, at most the first hundred
  /// @param problemCount how many there are
  /// @param failures reports that could not be made, in words
  public record Replayed(
      long events,
      boolean complete,
      List<EventJournalReader.Problem> problems,
      long problemCount,
      List<String> failures) {
    /// Copy.
    public Replayed {
      problems = List.copyOf(problems);
      failures = List.copyOf(failures);
    }
  }

  /// Feed a journal to reporters and close them. What is no journal is refused before they hear of
  /// it, so that older reports stay as they are.
  ///
  /// @throws JournalException when the file is no journal, or one of a newer schema
  public static Replayed replay(Path journal, EventFanOut reporters)
      throws IOException, JournalException {
    long events = 0;
    try (EventJournalReader reader = EventJournalReader.open(journal)) {
      Optional<EventRecord> entry = reader.next();
      try (reporters) {
        while (entry.isPresent()) {
          events++;
          reporters.accept(entry.get());
          entry = reader.next();
        }
      }
      return new Replayed(
          events,
          reader.isComplete(),
          reader.problems(),
          reader.problemCount(),
          reporters.failures());
    }
  }
}
