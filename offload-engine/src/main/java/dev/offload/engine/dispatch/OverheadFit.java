package dev.offload.engine.dispatch;

/// Learn what a batch costs beside its tests, as a fixed part and a part for each of its files: a
/// weighted least-squares line through what was measured, newer batches counting more.
final class OverheadFit {
  private static final double KEPT = 0.9;

  /// The weight of what was believed before anything was measured.
  private static final double PRIOR = 0.05;

  private double weight;
  private double files;
  private double cost;
  private double filesSquared;
  private double filesCost;

  /// Begin with a belief, in seconds.
  OverheadFit(double batch, double file) {
    take(1, batch + file, PRIOR);
    take(3, batch + 3 * file, PRIOR);
  }

  /// Take what a batch with this number of files cost beside its tests, in seconds.
  void measured(int count, double seconds) {
    weight *= KEPT;
    files *= KEPT;
    cost *= KEPT;
    filesSquared *= KEPT;
    filesCost *= KEPT;
    take(count, seconds, 1);
  }

  private void take(double count, double seconds, double by) {
    weight += by;
    files += by * count;
    cost += by * seconds;
    filesSquared += by * count * count;
    filesCost += by * count * seconds;
  }

  /// Return what each file costs.
  double file() {
    double spread = filesSquared - files * files / weight;
    double slope = spread < 1e-9 ? 0 : (filesCost - files * cost / weight) / spread;
    return Math.clamp(slope, 0, cost / Math.max(1e-9, files));
  }

  /// Return what a batch costs beside its tests and files.
  double batch() {
    return Math.max(0, (cost - file() * files) / weight);
  }
}
