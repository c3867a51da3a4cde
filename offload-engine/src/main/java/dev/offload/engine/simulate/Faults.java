package dev.offload.engine.simulate;

/// Say how virtual sandboxes behave: how fast they are, and how likely each thing goes wrong. All
/// times are in seconds, all likelihoods between 0 and 1.
///
/// @param startUp how long a start takes
/// @param batchOverhead how long a batch takes before its first test
/// @param noise sigma of the lognormal factor on every duration
/// @param detect how long after a death it becomes known
/// @param dieIdle per sandbox: it dies at some time, whatever it does
/// @param dieInBatch per batch: the sandbox dies at some time of it
/// @param hang per batch: the sandbox falls silent at some time of it, and is known dead much later
/// @param pause per batch: the sandbox stands still at some time of it, and nothing is heard
/// @param pauseSeconds how long it does so at most
/// @param dieStarting per start: it dies before it is ready
/// @param startFails per start: it fails
/// @param unavailable per start: there is no quota for it
/// @param slow per sandbox: it is slow
/// @param slowFactor how many times slower
/// @param blackHoles how many of the first sandboxes fail every test at once
/// @param notStarted per batch: its command cannot be started
/// @param emptyEnd per batch: its command ends before the first test
/// @param halfLine per test, once: the signal of its end does not arrive
/// @param twice per signal: it is said twice
/// @param late per batch: false signals arrive after its end
/// @param lies per test: false signals of other tests and batches arrive with its end
/// @param noStart per test: its start is not told
/// @param cancelIgnored per cancel: it is never answered
/// @param closeFails per close: it fails
/// @param closeSilent per close: it is never answered
public record Faults(
    double startUp,
    double batchOverhead,
    double noise,
    double detect,
    double dieIdle,
    double dieInBatch,
    double hang,
    double pause,
    double pauseSeconds,
    double dieStarting,
    double startFails,
    double unavailable,
    double slow,
    double slowFactor,
    int blackHoles,
    double notStarted,
    double emptyEnd,
    double halfLine,
    double twice,
    double late,
    double lies,
    double noStart,
    double cancelIgnored,
    double closeFails,
    double closeSilent) {
  /// Return sandboxes that never fail.
  public static Faults none() {
    return plain(0, 0, 0, 0, 0, 0, 1, 0);
  }

  /// Return sandboxes with those faults only that a user plans with; parameters as of this record.
  public static Faults plain(
      double startUp,
      double batchOverhead,
      double noise,
      double detect,
      double dieInBatch,
      double slow,
      double slowFactor,
      int blackHoles) {
    return new Faults(
        startUp,
        batchOverhead,
        noise,
        detect,
        0,
        dieInBatch,
        0,
        0,
        0,
        0,
        0,
        0,
        slow,
        slowFactor,
        blackHoles,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0);
  }
}
