package dev.offload.cli.terminal;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Estimate how long a run will still take: what is expected of the tests that are left, shared out
/// over the sandboxes, and never less than the longest of them.
///
/// What sandboxes spend beside the tests, and tests that are slower than expected, are learned from
/// the run so far. A test of which nothing is known counts as the average.
final class RemainingTime {
  private static final double LEAST_FACTOR = 0.5;
  private static final double LARGEST_FACTOR = 10;
  private static final int ENOUGH = 5;

  /// So many seconds of work must be behind before what was seen weighs more than the plan.
  private static final double DOUBT = 10;

  private final Map<TestId, Duration> expected = new HashMap<>();
  private final Set<TestId> left = new HashSet<>();
  private List<TestId> longest = List.of();
  private int longestAt;
  private double knownLeft;
  private int unknownLeft;
  private double measured;
  private int measuredCount;
  private double expectedDone;

  void accept(RunEvent event) {
    switch (event) {
      case RunEvent.TestsDiscovered found -> {
        for (TestCase test : found.tests()) {
          left.add(test.id());
        }
        unknownLeft = left.size();
      }
      case RunEvent.TestsWithdrawn(List<TestId> gone) -> {
        left.removeAll(new HashSet<>(gone));
        learn(Map.of());
      }
      case RunEvent.DurationsExpected it -> learn(it.durations());
      case RunEvent.AttemptFinished end -> {
        if (!end.report().duration().isZero()) {
          measured += seconds(end.report().duration());
          measuredCount++;
          Duration known = expected.get(end.test());
          expectedDone += known == null ? seconds(end.report().duration()) : seconds(known);
        }
      }
      case RunEvent.TestDecided decided -> {
        if (left.remove(decided.test())) {
          Duration known = expected.get(decided.test());
          if (known == null) {
            unknownLeft--;
          } else {
            knownLeft -= seconds(known);
          }
        }
      }
      default -> {}
    }
  }

  private void learn(Map<TestId, Duration> durations) {
    expected.putAll(durations);
    knownLeft = 0;
    unknownLeft = 0;
    List<TestId> known = new ArrayList<>();
    for (TestId test : left) {
      Duration duration = expected.get(test);
      if (duration == null) {
        unknownLeft++;
      } else {
        knownLeft += seconds(duration);
        known.add(test);
      }
    }
    known.sort(Comparator.comparing(this::known).reversed());
    longest = Collections.unmodifiableList(known);
    longestAt = 0;
  }

  private Duration known(TestId test) {
    return expected.getOrDefault(test, Duration.ZERO);
  }

  /// Return how long a test is expected to run; zero when nothing is known.
  Duration expected(TestId test) {
    return known(test);
  }

  /// Return the estimate; negative when nothing can be said yet.
  ///
  /// @param running what runs now
  /// @param sandboxes how many sandboxes share the work
  /// @param spent sandbox time spent in batches so far, in seconds
  Duration estimate(Iterable<RunView.Running> running, int sandboxes, double spent, Instant now) {
    if (measuredCount < ENOUGH && expected.isEmpty()) {
      return Duration.ofSeconds(-1);
    }
    double average = measuredCount == 0 ? 0 : measured / measuredCount;
    double work = knownLeft + unknownLeft * average;
    double progress = 0;
    double tail = 0;
    Set<TestId> begun = new HashSet<>();
    for (RunView.Running attempt : running) {
      TestId test = attempt.attempt().test();
      if (begun.add(test)) {
        double whole = expected.containsKey(test) ? seconds(known(test)) : average;
        double done = Math.min(whole, seconds(Duration.between(attempt.since(), now)));
        progress += Math.max(0, done);
        tail = Math.max(tail, whole - done);
      }
    }
    tail = Math.max(tail, longestWaiting(begun));
    double rest = Math.max(0, work - progress) * factor(spent, progress) / Math.max(1, sandboxes);
    return Duration.ofMillis(Math.round(1000 * Math.max(rest, tail)));
  }

  /// How much longer than expected everything has taken so far.
  private double factor(double spent, double progress) {
    double done = expectedDone + progress;
    return measuredCount < ENOUGH || done <= 0
        ? 1
        : Math.clamp((spent + DOUBT) / (done + DOUBT), LEAST_FACTOR, LARGEST_FACTOR);
  }

  private double longestWaiting(Set<TestId> begun) {
    while (longestAt < longest.size() && !left.contains(longest.get(longestAt))) {
      longestAt++;
    }
    for (int i = longestAt; i < longest.size(); i++) {
      TestId test = longest.get(i);
      if (left.contains(test) && !begun.contains(test)) {
        return seconds(known(test));
      }
    }
    return 0;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
