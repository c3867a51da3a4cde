package dev.offload.engine.history;

import java.util.Comparator;

/// One finished attempt of one test.
///
/// @param run the run it belongs to
/// @param at when it ended, in milliseconds since 1970
/// @param seconds how long it took
public record Sample(String run, long at, double seconds) {
  /// The order in which samples are written.
  static final Comparator<Sample> ORDER =
      Comparator.comparingLong(Sample::at)
          .thenComparing(Sample::run)
          .thenComparingDouble(Sample::seconds);
}
