package dev.offload.engine;

import dev.offload.api.test.TestId;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.simulate.Prediction;
import dev.offload.engine.simulate.SimulatedRun;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Foretell how long a suite will take, from what is remembered of its tests, with the scheduler
/// and rules that a run would use.
public final class SuitePlan {
  /// More sandboxes are not thought of.
  private static final int MOST = 1000;

  private static final int HARDLY = 50;

  private final Prediction prediction;
  private final int unknown;
  private final Costs costs;
  private final Map<Integer, Duration> walls = new TreeMap<>();

  SuitePlan(DispatchPlan plan, Costs costs) {
    prediction = new Prediction(plan);
    this.costs = costs;
    unknown = (int) plan.tests().stream().filter(test -> test.expected().isNegative()).count();
  }

  /// Read what is remembered.
  public static SuitePlan of(OffloadConfig config, TestCatalog catalog)
      throws InterruptedException {
    RunMemory.Remembered remembered = new RunMemory(config, false).remembered();
    RunPlan plan = RunPlan.of(catalog, config, false, remembered);
    return new SuitePlan(plan.dispatch(), remembered.costs());
  }

  /// Return the number of tests.
  public int tests() {
    return prediction.tests();
  }

  /// Return of how many tests nothing is expected; they are taken to be like the others.
  public int unknown() {
    return unknown;
  }

  /// Return what sandboxes and batches are expected to cost beside the tests.
  public Costs costs() {
    return costs;
  }

  /// Return the time of all tests together.
  public Duration total() {
    return duration(prediction.total());
  }

  /// Return the longest test and its time, if there is any test.
  public Optional<Map.Entry<TestId, Duration>> longest() {
    return prediction
        .longest()
        .map(test -> Map.entry(test.id(), duration(prediction.seconds(test))));
  }

  /// Return the wall time with a number of sandboxes, start-up and the costs of batches included.
  public Duration wall(int sandboxes) {
    return walls.computeIfAbsent(
        sandboxes,
        count -> {
          SimulatedRun run = prediction.with(count);
          return duration(run.makespan());
        });
  }

  /// Return the time that no schedule for a number of sandboxes can beat, start-up included.
  public Duration bound(int sandboxes) {
    return duration(prediction.bound(sandboxes));
  }

  /// Return the number of sandboxes beyond which the run becomes hardly shorter: by less than a
  /// fiftieth.
  public int enough() {
    Duration best = wall(mostUseful());
    return smallest(best.plus(best.dividedBy(HARDLY)));
  }

  /// Return the smallest number of sandboxes with which the run takes at most so long, if there is
  /// any.
  public Optional<Integer> within(Duration limit) {
    return wall(mostUseful()).compareTo(limit) > 0
        ? Optional.empty()
        : Optional.of(smallest(limit));
  }

  /// No sandbox is of use that has no test of its own.
  private int mostUseful() {
    return Math.max(1, Math.min(MOST, prediction.tests()));
  }

  private int smallest(Duration limit) {
    int low = 1;
    int high = mostUseful();
    while (low < high) {
      int middle = (low + high) / 2;
      if (wall(middle).compareTo(limit) <= 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
