package dev.offload.engine.resume;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.engine.event.JournalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Hold what a run left to do: the tests that failed or were not run, those aside that are
/// quarantined.
///
/// A file that could not be collected stands for all of its tests, which nobody knew.
///
/// @param runId the name of that run, or empty when it had not even begun
/// @param tests the ids
/// @param files the source files of these tests, where they are known
/// @param uncollected the files that could not be collected
/// @param discovered whether the run came as far as to know its tests
public record Unsettled(
    String runId,
    Set<String> tests,
    Set<String> files,
    Set<String> uncollected,
    boolean discovered) {
  /// Copy.
  public Unsettled {
    tests = Set.copyOf(tests);
    files = Set.copyOf(files);
    uncollected = Set.copyOf(uncollected);
  }

  /// Read what the last run left to do from its output folder; nothing when there was none.
  ///
  /// @throws JournalException when the journal there is none, or one of a newer schema
  public static Optional<Unsettled> read(Path outputDirectory)
      throws IOException, JournalException {
    Optional<Path> journal = EarlierRun.journalIn(outputDirectory);
    return journal.isEmpty() ? Optional.empty() : Optional.of(of(journal.get()));
  }

  private static Unsettled of(Path journal) throws IOException, JournalException {
    RunResults results = new RunResults();
    boolean discovered = false;
    try (EventJournalReader reader = EventJournalReader.open(journal)) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        discovered |= entry.get().event() instanceof RunEvent.TestsDiscovered;
        results.accept(withoutTexts(entry.get()));
      }
    }
    return of(results, discovered);
  }

  private static Unsettled of(RunResults results, boolean discovered) {
    Set<String> tests = new LinkedHashSet<>();
    Set<String> files = new LinkedHashSet<>();
    Set<String> uncollected = new LinkedHashSet<>();
    for (TestResult test : results.tests()) {
      boolean left =
          switch (test.verdict()) {
            case FAILED, NOT_RUN -> test.quarantine() == null;
            case PASSED, FLAKY, SKIPPED -> false;
          };
      if (left) {
        boolean known = !test.test().file().isEmpty();
        if (known && isUncollected(test)) {
          uncollected.add(test.test().file());
        } else {
          tests.add(test.test().id().value());
          files.add(test.test().file());
        }
      }
    }
    files.remove("");
    return new Unsettled(results.runId(), tests, files, uncollected, discovered);
  }

  /// What could not be collected has its only attempt on this machine, before there is a sandbox.
  private static boolean isUncollected(TestResult test) {
    List<TestResult.Attempt> attempts = test.attempts();
    return !attempts.isEmpty() && attempts.getFirst().sandbox().number() == 0;
  }

  private static EventRecord withoutTexts(EventRecord entry) {
    return entry.event() instanceof RunEvent.AttemptFinished end
        ? entry.with(end.with(AttemptReport.of(end.report().outcome(), end.report().duration())))
        : entry;
  }

  /// Return whether there is nothing to do.
  public boolean isEmpty() {
    return tests.isEmpty() && uncollected.isEmpty();
  }

  /// Return whether a test is among it.
  public boolean includes(TestCase test) {
    return tests.contains(test.id().value()) || uncollected.contains(test.file());
  }

  /// Return the tests that are not there any more.
  ///
  /// @param known the tests there are
  /// @param errors what cannot be collected, and may hold them
  public List<String> missing(Set<TestId> known, List<CollectionError> errors) {
    Set<String> broken =
        errors.stream().map(CollectionError::file).collect(Collectors.toCollection(HashSet::new));
    broken.remove("");
    return tests.stream()
        .filter(id -> !known.contains(new TestId(id)))
        .filter(id -> errors.stream().noneMatch(error -> error.name().equals(id)))
        .filter(id -> broken.stream().noneMatch(id::startsWith))
        .toList();
  }

  /// Return whether something that cannot be collected now is, or holds, what is left to do.
  public boolean concerns(CollectionError error) {
    return tests.contains(error.name())
        || uncollected.contains(error.file())
        || files.contains(error.file());
  }
}
