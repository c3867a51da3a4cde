package dev.offload.engine.history;

import java.util.ArrayList;
import java.util.Arrays;
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
    double[] lots = new double[sorted.size()];
    for (int place = 0; place < lots.length; place++) {
      int newer = lots.length - 1 - place;
      double weight = Math.exp(-AGING * newer);
      lots[place] = newer == 0 ? 1 : Math.pow(chance(sorted.get(place)), 1 / weight);
    }
    double[] ranked = lots.clone();
    Arrays.sort(ranked);
    double least = ranked[lots.length - capacity];
    List<Sample> chosen = new ArrayList<>(capacity);
    for (int place = lots.length - 1; place >= 0 && chosen.size() < capacity; place--) {
      if (lots[place] >= least) {
        chosen.add(sorted.get(place));
      }
    }
    return List.copyOf(chosen.reversed());
  }

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
