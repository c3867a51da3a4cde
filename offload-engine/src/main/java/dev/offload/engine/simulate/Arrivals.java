package dev.offload.engine.simulate;

import java.util.List;
import java.util.Set;

/// Say when the tests of a simulated run become known, and when sandboxes can be started.
///
/// @param image the second in which sandboxes can be started
/// @param portions what comes after the beginning, in this order; the tests before them are known
///   from the beginning
/// @param end the second in which all is known
/// @param gone the tests, by index, that turn out not to be there then; they are of portions that
///   are not certain
public record Arrivals(double image, List<Portion> portions, double end, Set<Integer> gone) {
  /// All tests are known from the beginning.
  public static final Arrivals AT_ONCE = new Arrivals(0, List.of(), 0, Set.of());

  /// Copy.
  public Arrivals {
    portions = List.copyOf(portions);
    gone = Set.copyOf(gone);
  }

  /// Tests that become known together.
  ///
  /// @param at the second in which they do
  /// @param tests how many they are
  /// @param certain whether they are there for certain
  public record Portion(double at, int tests, boolean certain) {}

  /// Return how many tests come later than the beginning.
  int later() {
    return portions.stream().mapToInt(Portion::tests).sum();
  }
}
