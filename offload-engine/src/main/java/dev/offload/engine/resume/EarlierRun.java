package dev.offload.engine.resume;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestId;
import dev.offload.engine.event.EventJournal;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.engine.event.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Know from a journal how far a run had come: which tests are decided, what was in flight, which
/// sandboxes may still live.
///
/// Filled by [#read]; read-only afterwards.
public final class EarlierRun {
  private final List<RunEvent.TestsDiscovered> groups = new ArrayList<>();
  private final Map<TestId, Progress> tests = new HashMap<>();
  private final Map<SandboxId, String> openSandboxes = new LinkedHashMap<>();
  private final Map<TestId, List<RunEvent.SandboxLost>> deaths = new HashMap<>();

  /// Those whose current batch only copies what runs elsewhere.
  private final Set<SandboxId> copying = new HashSet<>();

  private int losses;
  private String runId = "";
  private String provider = "";
  private boolean discovered;
  private boolean finished;
  private int sandboxes;
  private int batches;
  private Instant first = Instant.EPOCH;
  private Instant last = Instant.EPOCH;

  /// What an earlier run knows of one test.
  ///
  /// @param attempts the number of attempts that began
  /// @param failures the messages of its failed attempts that count
  /// @param decided whether it has its verdict
  /// @param open the attempt that was in flight
  public record Progress(
      int attempts, List<String> failures, boolean decided, Optional<Open> open) {
    private static final Progress NONE = new Progress(0, List.of(), false, Optional.empty());

    /// Copy.
    public Progress {
      failures = List.copyOf(failures);
    }
  }

  /// An attempt that had begun and not ended.
  ///
  /// @param started time since the start of the run
  public record Open(int attempt, BatchId batch, SandboxId sandbox, Duration started) {}

  /// How a sandbox and the tests in flight in it were lost when Offload was killed.
  public static final String KILLED = "Offload itself was killed";

  private EarlierRun() {}

  /// The journal of a killed run while it is taken over; it lies beside the new one.
  public static final String INTERRUPTED = "events.interrupted.jsonl";

  /// Return the journal of the last run in a folder, however it ended.
  public static Optional<Path> journalIn(Path folder) {
    Path interrupted = folder.resolve(INTERRUPTED);
    return Optional.of(
            Files.exists(interrupted) ? interrupted : folder.resolve(EventJournal.FILE_NAME))
        .filter(Files::exists);
  }

  /// Read a journal.
  ///
  /// @throws JournalException when it is none, or one of a newer schema
  public static EarlierRun read(Path journal) throws IOException, JournalException {
    EarlierRun run = new EarlierRun();
    try (EventJournalReader reader = EventJournalReader.open(journal)) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        run.accept(entry.get());
      }
    }
    return run;
  }

  private void accept(EventRecord entry) {
    last = entry.at();
    switch (entry.event()) {
      case RunEvent.RunStarted started -> {
        runId = started.runId();
        provider = started.provider();
        first = entry.at();
      }
      case RunEvent.TestsDiscovered group -> groups.add(group);
      case RunEvent.TestsWithdrawn(List<TestId> gone) -> withdraw(Set.copyOf(gone));
      case RunEvent.DiscoveryEnded _ -> discovered = true;
      case RunEvent.SandboxStarting(SandboxId sandbox) ->
          sandboxes = Math.max(sandboxes, sandbox.number());
      case RunEvent.SandboxReady(SandboxId sandbox, String handle) ->
          openSandboxes.put(sandbox, handle);
      case RunEvent.SandboxClosed(SandboxId sandbox) -> openSandboxes.remove(sandbox);
      case RunEvent.SandboxCondemned condemned ->
          condemned.rejudged().forEach(test -> update(test, Update.VOIDED));
      case RunEvent.BatchStarted batch -> {
        batches = Math.max(batches, batch.batch().number());
        if (batch.hedge()) {
          copying.add(batch.sandbox());
        } else {
          copying.remove(batch.sandbox());
        }
      }
      case RunEvent.SandboxLost lost -> lose(lost);
      case RunEvent.AttemptStarted begun -> {
        Progress before = progress(begun.test());
        Duration since = Duration.between(first, entry.at());
        tests.put(
            begun.test(),
            new Progress(
                Math.max(before.attempts, begun.attempt()),
                before.failures,
                before.decided,
                Optional.of(new Open(begun.attempt(), begun.batch(), begun.sandbox(), since))));
      }
      case RunEvent.AttemptFinished ended -> finish(ended);
      case RunEvent.TestDecided decided -> update(decided.test(), Update.DECIDED);
      case RunEvent.RunFinished _ -> finished = true;
      case RunEvent.PhaseStarted _,
          RunEvent.PhaseFinished _,
          RunEvent.Progress _,
          RunEvent.ShardSelected _,
          RunEvent.TestsQuarantined _,
          RunEvent.DurationsExpected _,
          RunEvent.Warning _,
          RunEvent.Degraded _,
          RunEvent.SandboxStartFailed _,
          RunEvent.SandboxSuspected _,
          RunEvent.SandboxHeard _,
          RunEvent.BatchEnded _ -> {}
    }
  }

  private void withdraw(Set<TestId> gone) {
    groups.replaceAll(group ->
        new RunEvent.TestsDiscovered(
            group.group(),
            group.retryCount(),
            group.tests().stream().filter(test -> !gone.contains(test.id())).toList()));
    tests.keySet().removeAll(gone);
    deaths.keySet().removeAll(gone);
  }

  private void finish(RunEvent.AttemptFinished ended) {
    Progress before = progress(ended.test());
    List<String> failures = new ArrayList<>(before.failures);
    if (ended.report().outcome().isFailure()) {
      failures.add(ended.report().message());
    }
    tests.put(
        ended.test(),
        new Progress(
            Math.max(before.attempts, ended.attempt()),
            failures,
            before.decided,
            before.open.filter(open -> open.attempt() != ended.attempt())));
  }

  /// As in a run that goes on, what runs a second time elsewhere is not suspected; nor is a test of
  /// our own end.
  private void lose(RunEvent.SandboxLost lost) {
    losses++;
    if (!lost.death().message().equals(KILLED) && !copying.contains(lost.sandbox())) {
      for (TestId test : lost.inFlight()) {
        deaths.computeIfAbsent(test, _ -> new ArrayList<>()).add(lost);
      }
    }
  }

  private enum Update {
    DECIDED,
    VOIDED
  }

  private void update(TestId test, Update update) {
    Progress before = progress(test);
    tests.put(
        test,
        switch (update) {
          case DECIDED -> new Progress(before.attempts, before.failures, true, Optional.empty());
          case VOIDED -> new Progress(before.attempts, List.of(), before.decided, before.open);
        });
  }

  /// Return what is known of a test.
  public Progress progress(TestId test) {
    return tests.getOrDefault(test, Progress.NONE);
  }

  /// Return the losses of sandboxes during which a test was in flight, in their order.
  public List<RunEvent.SandboxLost> deathsDuring(TestId test) {
    return List.copyOf(deaths.getOrDefault(test, List.of()));
  }

  /// Return how many sandboxes were lost.
  public int losses() {
    return losses;
  }

  /// Return the run's name.
  public String runId() {
    return runId;
  }

  /// Return the type of its provider.
  public String provider() {
    return provider;
  }

  /// Return how many tests have their verdict.
  public int decided() {
    return (int) tests.values().stream().filter(Progress::decided).count();
  }

  /// Return whether its discovery was complete, so that it can be gone on with.
  public boolean isDiscovered() {
    return discovered;
  }

  /// Return whether it came to its end.
  public boolean isFinished() {
    return finished;
  }

  /// Return its groups with their tests, in the order of the file.
  public List<RunEvent.TestsDiscovered> groups() {
    return List.copyOf(groups);
  }

  /// Return the sandboxes that became ready and were not closed, with the provider's names for
  /// them.
  public Map<SandboxId, String> openSandboxes() {
    return Map.copyOf(openSandboxes);
  }

  /// Return the highest number of a sandbox.
  public int sandboxes() {
    return sandboxes;
  }

  /// Return the highest number of a batch.
  public int batches() {
    return batches;
  }

  /// Return the time between its first and its last event.
  public Duration elapsed() {
    return Duration.between(first, last);
  }
}
