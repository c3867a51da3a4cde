package dev.offload.engine.simulate;

import java.util.Map;

/// Say what to simulate for a user who plans: real durations on imagined sandboxes.
///
/// @param durations what each test takes, in seconds, by its name, in collection order
/// @param history what the scheduler believes each test takes; a test that is missing is unknown
/// @param sandboxes the largest number of sandboxes at one time, at least 1
/// @param startUp seconds a sandbox takes to start
/// @param batchOverhead seconds a batch takes before its first test
/// @param lossRate how likely a sandbox dies while it runs a given batch, 0 to 1
/// @param detect seconds from a death until it is known
/// @param flakyRate how likely one execution of a test fails although the test passes otherwise, 0
///   to 1
/// @param retries how many failed attempts of a test may be followed by another
/// @param noise sigma of the lognormal factor on every duration
/// @param slow how likely a sandbox is slow, 0 to 1
/// @param slowFactor how many times slower a slow sandbox is
/// @param blackHoles how many sandboxes fail every test at once
/// @param hedging whether late tests may be run a second time
/// @param seed where all chance comes from; run number k uses seed + k
/// @param runs how many runs to make, at least 1
public record SimulationParameters(
    Map<String, Double> durations,
    Map<String, Double> history,
    int sandboxes,
    double startUp,
    double batchOverhead,
    double lossRate,
    double detect,
    double flakyRate,
    int retries,
    double noise,
    double slow,
    double slowFactor,
    int blackHoles,
    boolean hedging,
    long seed,
    int runs) {
  /// Check the numbers.
  public SimulationParameters {
    if (sandboxes < 1 || runs < 1 || retries < 0 || blackHoles < 0) {
      throw new IllegalArgumentException("sandboxes and runs begin at 1, counts at 0");
    }
    if (startUp < 0 || batchOverhead < 0 || detect < 0 || noise < 0 || slowFactor <= 0) {
      throw new IllegalArgumentException("times and factors are not negative");
    }
    if (isNoLikelihood(lossRate) || isNoLikelihood(flakyRate) || isNoLikelihood(slow)) {
      throw new IllegalArgumentException("rates are between 0 and 1");
    }
  }

  private static boolean isNoLikelihood(double rate) {
    return !(rate >= 0 && rate <= 1);
  }

  /// Make parameters of a calm world: nothing fails, nothing costs time beside the tests, and the
  /// scheduler knows the durations.
  public static SimulationParameters calm(Map<String, Double> durations, int sandboxes) {
    return new SimulationParameters(
        durations, durations, sandboxes, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, true, 1, 1);
  }
}
