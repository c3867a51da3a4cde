package dev.offload.api.report;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fold events into what took how long. Not thread-safe.
final class RunClock {
  private final Set<SandboxId> live = new HashSet<>();
  private final Map<BatchId, Running> batches = new HashMap<>();
  private int most;
  private @Nullable Instant began;
  private @Nullable Instant firstTests;
  private @Nullable Instant firstBatch;
  private @Nullable Instant lastVerdict;
  private @Nullable Instant last;
  private Duration inBatches = Duration.ZERO;
  private Duration copies = Duration.ZERO;

  private record Running(Instant since, boolean copy) {}

  void accept(EventRecord entry) {
    Instant now = entry.at();
    began = began == null ? now : began;
    last = now;
    if (entry.event() instanceof RunEvent.TestsDiscovered) {
      firstTests = firstTests == null ? now : firstTests;
    } else if (entry.event() instanceof RunEvent.SandboxReady ready) {
      live.add(ready.sandbox());
      most = Math.max(most, live.size());
    } else if (entry.event() instanceof RunEvent.SandboxClosed closed) {
      live.remove(closed.sandbox());
    } else if (entry.event() instanceof RunEvent.SandboxCondemned condemned) {
      live.remove(condemned.sandbox());
    } else if (entry.event() instanceof RunEvent.SandboxLost lost) {
      live.remove(lost.sandbox());
    } else if (entry.event() instanceof RunEvent.BatchStarted batch) {
      firstBatch = firstBatch == null ? now : firstBatch;
      batches.put(batch.batch(), new Running(now, batch.hedge()));
    } else if (entry.event() instanceof RunEvent.BatchEnded ended) {
      Running batch = batches.remove(ended.batch());
      if (batch != null) {
        Duration took = Duration.between(batch.since(), now);
        inBatches = inBatches.plus(took);
        copies = batch.copy() ? copies.plus(took) : copies;
      }
    } else if (entry.event() instanceof RunEvent.AttemptFinished attempt) {
      // A journal may begin in the middle of a batch.
      if (firstBatch == null && attempt.batch().number() > 0) {
        firstBatch = began.plus(attempt.started());
      }
    } else if (entry.event() instanceof RunEvent.TestDecided) {
      lastVerdict = now;
    }
  }

  /// Return the time from the first event to the latest.
  Duration elapsed() {
    return began == null || last == null ? Duration.ZERO : Duration.between(began, last);
  }

  Efficiency account(List<TestResult> results) {
    Duration tests = Duration.ZERO;
    Duration retries = Duration.ZERO;
    Duration losses = Duration.ZERO;
    Duration longestTime = Duration.ZERO;
    Optional<TestId> longest = Optional.empty();
    for (TestResult test : results) {
      Optional<TestResult.Attempt> deciding = test.decidingAttempt();
      for (TestResult.Attempt attempt : test.attempts()) {
        Duration took = attempt.report().duration();
        if (deciding.filter(attempt::equals).isPresent()) {
          tests = tests.plus(took);
        } else if (attempt.report().outcome().isFailure() && !attempt.voided()) {
          retries = retries.plus(took);
        } else {
          losses = losses.plus(took);
        }
      }
      if (test.decidingDuration().compareTo(longestTime) > 0) {
        longestTime = test.decidingDuration();
        longest = Optional.of(test.test().id());
      }
    }
    Instant start = began == null ? Instant.EPOCH : began;
    Instant finish = last == null ? start : last;
    Instant ran = firstBatch == null ? finish : firstBatch;
    Instant starting = firstTests == null ? ran : firstTests;
    Instant running = later(ran, starting);
    Instant decided = later(lastVerdict == null ? finish : lastVerdict, running);
    int sandboxes = Math.max(1, most);
    Duration share = tests.dividedBy(sandboxes);
    Duration capacity = Duration.between(running, decided).multipliedBy(sandboxes);
    Duration known = tests.plus(retries).plus(losses);
    return new Efficiency(
        Duration.between(start, finish),
        share.compareTo(longestTime) > 0 ? share : longestTime,
        sandboxes,
        longest,
        longestTime,
        Duration.between(start, starting),
        Duration.between(starting, running),
        Duration.between(running, decided),
        Duration.between(decided, finish),
        tests,
        retries,
        losses,
        copies,
        rest(inBatches, known),
        rest(capacity, inBatches.compareTo(known) > 0 ? inBatches : known));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Duration rest(Duration whole, Duration part) {
    return whole.compareTo(part) > 0 ? whole.minus(part) : Duration.ZERO;
  }
}
