package dev.offload.cli.terminal;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.RunResults;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fold events into what the terminal shows of a run that goes on. Every question is answered
/// without looking at all tests.
final class RunView {
  /// Name one running attempt.
  record Attempt(TestId test, int number) {}

  /// Say where and since when an attempt runs.
  record Running(Attempt attempt, SandboxId sandbox, Instant since) {}

  /// Say what a sandbox is busy with.
  private record Busy(BatchId batch, int tests, Instant since) {}

  private final RunResults results = new RunResults();
  private final TextStore texts = new TextStore();
  private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
  private final Set<TestId> quarantined = new HashSet<>();
  private final Map<TestId, Integer> retries = new HashMap<>();
  private final Map<Attempt, Running> running = new LinkedHashMap<>();
  private final Map<String, Instant> phases = new LinkedHashMap<>();
  private final Set<SandboxId> ready = new HashSet<>();
  private final Map<SandboxId, Instant> starting = new LinkedHashMap<>();
  private final Map<SandboxId, Busy> busy = new HashMap<>();
  private final RemainingTime remaining = new RemainingTime();
  private double spent;
  private int groups;
  private int excused;
  private String configFile = "";
  private String progress = "";
  private @Nullable Instant begin;
  private Instant last = Instant.EPOCH;
  private @Nullable Instant firstBatch;

  void accept(EventRecord entry) {
    if (begin == null) {
      begin = entry.at();
      last = begin;
    }
    spent += busy.size() * (Duration.between(last, entry.at()).toNanos() / 1e9);
    last = entry.at();
    remaining.accept(entry.event());
    if (entry.event() instanceof RunEvent.TestsWithdrawn(List<TestId> gone)) {
      gone.forEach(this::withdraw);
    }
    results.accept(texts.shorten(entry));
    switch (entry.event()) {
      case RunEvent.RunStarted it -> configFile = it.configFile();
      case RunEvent.PhaseStarted phase -> {
        phases.put(phase.phase(), entry.at());
        progress = "";
      }
      case RunEvent.PhaseFinished phase -> {
        phases.remove(phase.phase());
        progress = "";
      }
      case RunEvent.Progress it -> progress = it.text();
      case RunEvent.TestsDiscovered found -> {
        groups++;
        for (TestCase test : found.tests()) {
          if (found.retryCount() > 0) {
            retries.put(test.id(), found.retryCount());
          }
        }
      }
      case RunEvent.SandboxReady it -> {
        starting.remove(it.sandbox());
        ready.add(it.sandbox());
      }
      case RunEvent.SandboxStarting it -> starting.put(it.sandbox(), entry.at());
      case RunEvent.SandboxStartFailed it -> starting.remove(it.sandbox());
      case RunEvent.SandboxLost it -> gone(it.sandbox());
      case RunEvent.SandboxCondemned it -> gone(it.sandbox());
      case RunEvent.SandboxClosed it -> gone(it.sandbox());
      case RunEvent.BatchStarted it -> {
        firstBatch = firstBatch == null ? entry.at() : firstBatch;
        busy.put(it.sandbox(), new Busy(it.batch(), it.tests().size(), entry.at()));
      }
      case RunEvent.BatchEnded it -> idle(it.sandbox());
      case RunEvent.AttemptStarted it -> {
        Attempt attempt = new Attempt(it.test(), it.attempt());
        running.put(attempt, new Running(attempt, it.sandbox(), entry.at()));
      }
      case RunEvent.AttemptFinished it -> running.remove(new Attempt(it.test(), it.attempt()));
      case RunEvent.TestDecided it -> count(it.test(), it.verdict(), 1);
      case RunEvent.TestsQuarantined it -> quarantined.addAll(it.tests());
      case RunEvent.RunFinished _ -> running.clear();
      case RunEvent.TestsWithdrawn _,
          RunEvent.DiscoveryEnded _,
          RunEvent.ShardSelected _,
          RunEvent.DurationsExpected _,
          RunEvent.Warning _,
          RunEvent.Degraded _,
          RunEvent.SandboxSuspected _,
          RunEvent.SandboxHeard _ -> {}
    }
  }

  private void count(TestId test, Verdict verdict, int change) {
    boolean good =
        switch (verdict) {
          case PASSED, SKIPPED -> true;
          case FAILED, FLAKY, NOT_RUN -> false;
        };
    if (good || !isQuarantined(test)) {
      counts.merge(verdict, change, Integer::sum);
    } else {
      excused += change;
    }
  }

  private void withdraw(TestId test) {
    results.verdict(test).ifPresent(verdict -> count(test, verdict, -1));
    retries.remove(test);
  }

  private void gone(SandboxId sandbox) {
    ready.remove(sandbox);
    starting.remove(sandbox);
    idle(sandbox);
  }

  private void idle(SandboxId sandbox) {
    busy.remove(sandbox);
    running.values().removeIf(attempt -> attempt.sandbox().equals(sandbox));
  }

  RunResults results() {
    return results;
  }

  boolean isStarted() {
    return begin != null;
  }

  int total() {
    return results.total();
  }

  int decided() {
    return results.decided();
  }

  int groups() {
    return groups;
  }

  boolean isQuarantined(TestId test) {
    return quarantined.contains(test);
  }

  /// Return how many quarantined tests ended badly; they count under no verdict.
  int excused() {
    return excused;
  }

  int count(Verdict verdict) {
    return counts.getOrDefault(verdict, 0);
  }

  int retries(TestId test) {
    return retries.getOrDefault(test, 0);
  }

  int readySandboxes() {
    return ready.size();
  }

  int busySandboxes() {
    return busy.size();
  }

  int startingSandboxes() {
    return starting.size();
  }

  /// Return the sandboxes that start or are ready, by number.
  List<SandboxId> sandboxes() {
    List<SandboxId> all = new ArrayList<>(ready);
    all.addAll(starting.keySet());
    all.sort(Comparator.comparingInt(SandboxId::number));
    return all;
  }

  /// Return what a sandbox does in which no test runs.
  String state(SandboxId sandbox, Instant now) {
    Instant start = starting.get(sandbox);
    if (start != null) {
      return "starting for " + Words.exact(Duration.between(start, now));
    }
    Busy batch = busy.get(sandbox);
    return batch == null
        ? "idle"
        : "between tests of "
            + batch.batch()
            + ", which began "
            + Words.exact(Duration.between(batch.since(), now))
            + " ago";
  }

  /// Return `, in batch-3 of 12 tests`, or an empty text when the sandbox has no batch.
  String batchInWords(SandboxId sandbox) {
    Busy batch = busy.get(sandbox);
    return batch == null
        ? ""
        : ", in " + batch.batch() + " of " + Words.count(batch.tests(), "test");
  }

  /// Return the attempts that run, the longest first.
  List<Running> longestRunning(int limit) {
    List<Running> longest = new ArrayList<>();
    for (Running attempt : running.values()) {
      if (longest.size() == limit) {
        break;
      }
      longest.add(attempt);
    }
    return longest;
  }

  /// Return the attempts that run.
  Collection<Running> running() {
    return Collections.unmodifiableCollection(running.values());
  }

  /// Return how long a test is expected to run; zero when nothing is known.
  Duration expected(TestId test) {
    return remaining.expected(test);
  }

  int runningCount() {
    return running.size();
  }

  /// Return the phase that goes on, with what it says of itself, or an empty text.
  String phase() {
    if (phases.isEmpty()) {
      return "";
    }
    String names = String.join(", ", phases.keySet());
    return progress.isEmpty() ? names : names + ": " + progress;
  }

  Duration elapsed(Instant now) {
    return begin == null || now.isBefore(begin) ? Duration.ZERO : Duration.between(begin, now);
  }

  /// Return the configuration file of the run, as given.
  String configFile() {
    return configFile;
  }

  /// Return how long the run took, or has taken so far.
  Duration duration() {
    return results.isFinished() ? results.duration() : span();
  }

  /// Return the time from the first event to the last.
  Duration span() {
    return elapsed(last);
  }

  /// Estimate the rest; negative when nothing can be said yet.
  Duration rest(Instant now) {
    if (firstBatch == null) {
      return Duration.ofSeconds(-1);
    }
    double sofar = spent + busy.size() * (Duration.between(last, now).toNanos() / 1e9);
    return remaining.estimate(running.values(), Math.max(ready.size(), 1), Math.max(0, sofar), now);
  }

  /// Return how many tests a second got their verdict since the first batch began; zero when that
  /// cannot be said yet.
  double throughput(Instant now) {
    if (firstBatch == null) {
      return 0;
    }
    double seconds = Duration.between(firstBatch, now).toNanos() / 1e9;
    return seconds < 1 ? 0 : decided() / seconds;
  }
}
