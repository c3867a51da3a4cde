package dev.offload.engine.simulate;

/// Say what a virtual test does when it runs.
///
/// @param seconds how long it runs on a sandbox of ordinary speed
/// @param behaviour what it does
/// @param flakeRate how likely one execution fails although the test passes otherwise
public record VirtualTest(double seconds, Behaviour behaviour, double flakeRate) {
  /// Sort tests by what they do.
  public enum Behaviour {
    /// It passes.
    PASSES,
    /// It is left out.
    SKIPS,
    /// It fails, every time.
    FAILS,
    /// It ends its process, half way.
    CRASHES,
    /// It never ends.
    HANGS,
    /// It kills its sandbox, half way.
    KILLS,
    /// It is not there, and nothing is said of it.
    MISSING
  }

  /// Return whether this test can fail through its own doing.
  public boolean canFail() {
    return flakeRate > 0
        || switch (behaviour) {
          case PASSES, SKIPS -> false;
          case FAILS, CRASHES, HANGS, KILLS, MISSING -> true;
        };
  }

  /// Return whether this test never passes.
  public boolean neverPasses() {
    return behaviour != Behaviour.PASSES && behaviour != Behaviour.SKIPS;
  }
}
