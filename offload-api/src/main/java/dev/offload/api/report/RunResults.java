package dev.offload.api.report;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fold events into the results so far: one entry per discovered test, in collection order, and
/// what the run as a whole has to say. Not thread-safe.
///
/// The output of passed attempts is not kept, so that memory follows the failures and not the
/// suite.
public final class RunResults {
  private final Map<TestId, Entry> entries = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> degraded = new ArrayList<>();
  private final RunClock clock = new RunClock();
  private String runId = "";
  private int sandboxesStarted;
  private int sandboxesLost;
  private int decided;
  private RunEvent.@Nullable ShardSelected shard;
  private RunEvent.@Nullable RunFinished finished;

  /// Take the next event.
  public void accept(EventRecord entry) {
    clock.accept(entry);
    switch (entry.event()) {
      case RunEvent.RunStarted started -> runId = started.runId();
      case RunEvent.TestsDiscovered discovered ->
          discovered.tests().forEach(test -> entries.put(test.id(), new Entry(test)));
      case RunEvent.TestsWithdrawn(List<TestId> tests) -> tests.forEach(this::withdraw);
      case RunEvent.AttemptFinished attempt -> {
        Entry of = entries.get(attempt.test());
        if (of != null) {
          of.finish(attempt);
        }
      }
      case RunEvent.SandboxCondemned condemned -> {
        for (TestId test : condemned.rejudged()) {
          Entry of = entries.get(test);
          if (of != null) {
            of.voidFailures(condemned.sandbox());
          }
        }
        sandboxesLost++;
      }
      case RunEvent.TestDecided decision -> {
        Entry of = entries.get(decision.test());
        if (of != null) {
          of.verdict = decision.verdict();
          of.reason = decision.reason();
          of.decided = true;
          decided++;
        }
      }
      case RunEvent.ShardSelected it -> shard = it;
      case RunEvent.TestsQuarantined(Quarantine quarantine, List<TestId> tests) -> {
        for (TestId test : tests) {
          Entry of = entries.get(test);
          if (of != null) {
            of.quarantine = quarantine;
          }
        }
      }
      case RunEvent.SandboxReady _ -> sandboxesStarted++;
      case RunEvent.SandboxLost _ -> sandboxesLost++;
      case RunEvent.Warning warning -> warnings.add(warning.message());
      case RunEvent.Degraded message -> degraded.add(message.message());
      case RunEvent.RunFinished end -> finished = end;
      case RunEvent.PhaseStarted _,
          RunEvent.PhaseFinished _,
          RunEvent.Progress _,
          RunEvent.DiscoveryEnded _,
          RunEvent.DurationsExpected _,
          RunEvent.SandboxStarting _,
          RunEvent.SandboxStartFailed _,
          RunEvent.SandboxSuspected _,
          RunEvent.SandboxHeard _,
          RunEvent.SandboxClosed _,
          RunEvent.BatchStarted _,
          RunEvent.BatchEnded _,
          RunEvent.AttemptStarted _ -> {}
    }
  }

  private void withdraw(TestId test) {
    Entry gone = entries.remove(test);
    if (gone != null && gone.decided) {
      decided--;
    }
  }

  /// Return the verdict that a test has by now, if any.
  public Optional<Verdict> verdict(TestId test) {
    return Optional.ofNullable(entries.get(test))
        .filter(entry -> entry.decided)
        .map(entry -> entry.verdict);
  }

  /// Return the run's name, or an empty text before [RunEvent.RunStarted].
  public String runId() {
    return runId;
  }

  /// Return all tests in collection order.
  public List<TestResult> tests() {
    return entries.values().stream().map(Entry::result).toList();
  }

  /// Return the number of discovered tests.
  public int total() {
    return entries.size();
  }

  /// Return how many tests have their verdict.
  public int decided() {
    return decided;
  }

  /// Return how many tests have this verdict; undecided tests count as [Verdict#NOT_RUN] once the
  /// run is over, else as nothing.
  public int count(Verdict verdict) {
    int count = 0;
    for (Entry entry : entries.values()) {
      if ((entry.decided || finished != null) && entry.verdict == verdict) {
        count++;
      }
    }
    return count;
  }

  /// Return the shard that this run is; nothing when it is a run of the whole suite.
  public Optional<RunEvent.ShardSelected> shard() {
    return Optional.ofNullable(shard);
  }

  /// Return the verdicts of all tests in collection order; an undecided test is [Verdict#NOT_RUN].
  public List<Verdict> verdicts() {
    return entries.values().stream().map(entry -> entry.verdict).toList();
  }

  /// Return the verdicts that the exit code is made of: all but those of quarantined tests.
  public List<Verdict> judgedVerdicts() {
    return entries.values().stream()
        .filter(entry -> entry.quarantine == null)
        .map(entry -> entry.verdict)
        .toList();
  }

  /// Return how many sandboxes became ready.
  public int sandboxesStarted() {
    return sandboxesStarted;
  }

  /// Return how many sandboxes died or were condemned.
  public int sandboxesLost() {
    return sandboxesLost;
  }

  /// Return the warnings in order.
  public Collection<String> warnings() {
    return Collections.unmodifiableList(warnings);
  }

  /// Return what could not be done for the user, in order.
  public Collection<String> degraded() {
    return Collections.unmodifiableList(degraded);
  }

  /// Return how near the run came to what is possible, as far as it has come.
  public Efficiency efficiency() {
    return clock.account(tests());
  }

  /// Return whether the run is over; a journal that was cut off never is.
  public boolean isFinished() {
    return finished != null;
  }

  /// Return the exit code of the run, or -1 while it is not over.
  public int exitCode() {
    return finished == null ? -1 : finished.exitCode();
  }

  /// Return why the run ended early, or an empty text.
  public String endReason() {
    return finished == null ? "" : finished.reason();
  }

  /// Return the wall time of the run; while it is not over, from its first event to the latest.
  public Duration duration() {
    return finished == null ? clock.elapsed() : finished.duration();
  }

  private static final class Entry {
    private final TestCase test;
    private final List<TestResult.Attempt> attempts = new ArrayList<>(1);
    private Verdict verdict = Verdict.NOT_RUN;
    private String reason = "";
    private boolean decided;
    private @Nullable Quarantine quarantine;

    Entry(TestCase test) {
      this.test = test;
    }

    void finish(RunEvent.AttemptFinished end) {
      AttemptReport report = end.report();
      if (report.outcome() == Outcome.PASSED) {
        report = AttemptReport.of(Outcome.PASSED, report.duration());
      }
      attempts.add(
          new TestResult.Attempt(
              end.attempt(), end.sandbox(), end.batch(), end.started(), report, false));
    }

    void voidFailures(SandboxId sandbox) {
      attempts.replaceAll(attempt ->
          attempt.sandbox().equals(sandbox) && attempt.report().outcome().isFailure()
              ? new TestResult.Attempt(
                  attempt.number(),
                  attempt.sandbox(),
                  attempt.batch(),
                  attempt.started(),
                  attempt.report(),
                  true)
              : attempt);
    }

    TestResult result() {
      return new TestResult(test, verdict, decided, reason, attempts, quarantine);
    }
  }
}
