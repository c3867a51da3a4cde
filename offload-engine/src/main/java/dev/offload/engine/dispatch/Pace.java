package dev.offload.engine.dispatch;

/// Add up how long tests took somewhere against what was expected of them, in seconds.
final class Pace {
  private double expected;
  private double measured;

  void take(double expectedSeconds, double measuredSeconds) {
    expected += expectedSeconds;
    measured += measuredSeconds;
  }

  boolean isKnown() {
    return expected > 0;
  }

  /// Return how many times longer than expected tests take here.
  ///
  /// @param prior what is believed as long as little was measured
  double ratio(double prior) {
    double weight = 0.05 + expected * 0.1;
    return (measured + weight * prior) / (expected + weight);
  }
}
