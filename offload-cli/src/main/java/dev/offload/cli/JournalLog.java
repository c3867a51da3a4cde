package dev.offload.cli;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.cli.LogEntry.Status;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.engine.event.JournalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Read from a journal what tests had to say, their output included, also of a run that was cut
/// off.
final class JournalLog {
  private final Predicate<String> wanted;
  private final Map<TestId, Entry> entries = new HashMap<>();

  /// What one test had to say.
  ///
  /// @param test the test
  /// @param verdict its verdict, or null while it has none
  /// @param reason why
  /// @param attempts its finished attempts, in order of their end
  record Entry(
      TestCase test,
      @Nullable Verdict verdict,
      String reason,
      List<RunEvent.AttemptFinished> attempts) {

    /// Return how it ended, as the JUnit report has it.
    Status status() {
      return switch (verdict) {
        case PASSED -> Status.PASSED;
        case FLAKY -> Status.FLAKY;
        case SKIPPED -> Status.SKIPPED;
        case FAILED -> firstFailure() == Outcome.FAILED ? Status.FAILED : Status.ERROR;
        case NOT_RUN -> Status.ERROR;
        case null -> Status.ERROR;
      };
    }

    private @Nullable Outcome firstFailure() {
      return attempts.stream()
          .map(attempt -> attempt.report().outcome())
          .filter(Outcome::isFailure)
          .findFirst()
          .orElse(null);
    }
  }

  private JournalLog(Predicate<String> wanted) {
    this.wanted = wanted;
  }

  /// Read the tests whose id is wanted; the others take no memory.
  static List<Entry> read(Path journal, Predicate<String> wanted)
      throws IOException, JournalException {
    JournalLog log = new JournalLog(wanted);
    try (EventJournalReader reader = EventJournalReader.open(journal)) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        log.accept(entry.get().event());
      }
    }
    return List.copyOf(log.entries.values());
  }

  private void accept(RunEvent event) {
    switch (event) {
      case RunEvent.TestsDiscovered found -> {
        for (TestCase test : found.tests()) {
          if (wanted.test(test.id().value())) {
            entries.put(test.id(), new Entry(test, null, "", new ArrayList<>()));
          }
        }
      }
      case RunEvent.TestsWithdrawn gone -> gone.tests().forEach(entries::remove);
      case RunEvent.AttemptFinished end -> {
        Entry of = entries.get(end.test());
        if (of != null) {
          of.attempts().add(end);
        }
      }
      case RunEvent.TestDecided decided ->
          entries.computeIfPresent(
              decided.test(),
              (_, of) -> new Entry(of.test(), decided.verdict(), decided.reason(), of.attempts()));
      default -> {}
    }
  }
}
