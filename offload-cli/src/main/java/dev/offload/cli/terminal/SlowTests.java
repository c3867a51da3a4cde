package dev.offload.cli.terminal;

import dev.offload.cli.terminal.Palette.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Warn of tests that run much longer than expected: first at three times that, or after a minute
/// when nothing is known of them, and again whenever the time has doubled.
final class SlowTests {
  private static final Duration LEAST = Duration.ofSeconds(10);
  private static final Duration UNKNOWN = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final RunView view;
  private final Palette palette;
  private final Map<RunView.Attempt, Duration> next = new HashMap<>();
  private Instant lookedAt = Instant.EPOCH;

  SlowTests(RunView view, Palette palette) {
    this.view = view;
    this.palette = palette;
  }

  /// Return the warnings that are due.
  List<String> due(Instant now) {
    if (Duration.between(lookedAt, now).compareTo(PAUSE) < 0) {
      return List.of();
    }
    lookedAt = now;
    List<String> lines = new ArrayList<>();
    Map<RunView.Attempt, Duration> kept = new HashMap<>();
    for (RunView.Running running : view.running()) {
      Duration age = Duration.between(running.since(), now);
      Duration expected = view.expected(running.attempt().test());
      Duration limit = next.getOrDefault(running.attempt(), first(expected));
      if (age.compareTo(limit) >= 0) {
        lines.add(line(running, age, expected));
        while (age.compareTo(limit) >= 0) {
          limit = limit.multipliedBy(2);
        }
      }
      kept.put(running.attempt(), limit);
    }
    next.clear();
    next.putAll(kept);
    return lines;
  }

  private static Duration first(Duration expected) {
    if (expected.isZero()) {
      return UNKNOWN;
    }
    Duration late = expected.multipliedBy(3);
    return late.compareTo(LEAST) > 0 ? late : LEAST;
  }

  private String line(RunView.Running running, Duration age, Duration expected) {
    return palette.paint(Tone.ODD, "slow")
        + " "
        + SafeText.line(running.attempt().test().value())
        + ": runs for "
        + Words.rough(age)
        + " in "
        + running.sandbox()
        + (expected.isZero() ? "" : ", expected about " + Words.exact(expected));
  }
}
