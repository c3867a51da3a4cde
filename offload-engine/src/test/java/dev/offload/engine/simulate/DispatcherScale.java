package dev.offload.engine.simulate;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// Measures the dispatcher and its simulator on one very large run; `bench/dispatcher-scale` starts
/// it.
final class DispatcherScale {
  private DispatcherScale() {}

  /// Simulate one run of `tests` (first argument) on `sandboxes` (second).
  public static void main(String[] args) {
    int tests = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    int sandboxes = args.length > 1 ? Integer.parseInt(args[1]) : 500;
    SplittableRandom random = new SplittableRandom(1);
    Map<String, Double> durations = new LinkedHashMap<>();
    for (int test = 0; test < tests; test++) {
      durations.put("test_" + test / 20 + ".py::t" + test, Math.exp(random.nextGaussian()) * 0.5);
    }
    measure("history, losses, noise", parameters(durations, durations, sandboxes));
    measure("no history, losses, noise", parameters(durations, Map.of(), sandboxes));
  }

  private static SimulationParameters parameters(
      Map<String, Double> durations, Map<String, Double> history, int sandboxes) {
    return new SimulationParameters(
        durations, history, sandboxes, 2, 0.5, 0.01, 2, 0.001, 1, 0.2, 0.05, 3, 1, true, 1, 1);
  }

  private static void measure(String name, SimulationParameters parameters) {
    long begin = System.nanoTime();
    SimulatedRun run = Simulation.runs(parameters).getFirst();
    double seconds = (System.nanoTime() - begin) / 1e9;
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    System.out.printf(
        "%s: %d tests, %d sandboxes: %.1f s, peak heap %d MB, %d messages, %d lost, %d copies,"
            + " makespan %.1f s, lower bound %.1f s, ratio %.3f, broken promises: %s%n",
        name,
        run.tests(),
        parameters.sandboxes(),
        seconds,
        peak >> 20,
        run.steps(),
        run.sandboxLosses(),
        run.hedges(),
        run.makespan(),
        run.lowerBound(),
        run.ratio(),
        run.violations());
  }
}
