package dev.offload.engine.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Choose which samples to keep when there are too many: by lot, newer ones with better chances,
/// the newest always.
///
/// The lot of a sample hangs on nothing but the sample, so that the same samples give the same
/// choice in whatever order they came together, on every machine.
final class Reservoir {
  /// How much each newer sample takes from the chances of a sample.
  private static final double AGING = 0.1;

  private Reservoir() {}

  /// Return at most this number of the samples, oldest first.
  static List<Sample> choose(List<Sample> samples, int capacity) {
    List<Sample> sorted = new ArrayList<>(samples);
    sorted.sort(Sample.ORDER);
    if (sorted.size() <= capacity) {
      return List.copyOf(sorted);
    }
    List<Drawn> drawn = new ArrayList<>();
    for (int place = 0; place < sorted.size(); place++) {
      int newer = sorted.size() - 1 - place;
      double weight = Math.exp(-AGING * newer);
      double lot = newer == 0 ? 1 : Math.pow(chance(sorted.get(place)), 1 / weight);
      drawn.add(new Drawn(sorted.get(place), lot));
    }
    return drawn.stream()
        .sorted(Comparator.comparingDouble(Drawn::lot).reversed())
        .limit(capacity)
        .map(Drawn::sample)
        .sorted(Sample.ORDER)
        .toList();
  }

  private record Drawn(Sample sample, double lot) {}

  /// Return a number from 0 to below 1 that looks random.
  private static double chance(Sample sample) {
    long bits = sample.at() * 31 + sample.run().hashCode();
    bits = bits * 31 + Double.doubleToLongBits(sample.seconds());
    bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
    bits ^= bits >>> 31;
    return (bits >>> 11) * 0x1.0p-53;
  }
}
