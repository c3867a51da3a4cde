package dev.offload.engine.history;

import java.time.Duration;

/// How long a test is expected to run.
///
/// @param usual the time that most of its runs do not exceed
/// @param high the longest time that is not surprising, at least [#usual]
public record Expectation(Duration usual, Duration high) {
  static Expectation seconds(double usual, double high) {
    return new Expectation(duration(usual), duration(Math.max(usual, high)));
  }

  Expectation longer(Expectation other) {
    return usual.compareTo(other.usual) >= 0 ? this : other;
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
