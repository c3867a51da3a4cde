package dev.offload.engine.simulate;

import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.simulate.VirtualTest.Behaviour;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Foretell a real run: its own plan, on sandboxes that cost what was learned of them, where every
/// test passes in the time that is expected of it.
public final class Prediction {
  /// What a test takes when nothing is expected of any.
  private static final double UNKNOWN = 1;

  private final DispatchPlan plan;
  private final double unknown;

  /// Foretell a plan.
  public Prediction(DispatchPlan plan) {
    this.plan = plan;
    unknown =
        plan.tests().stream()
            .filter(test -> !test.expected().isNegative())
            .mapToDouble(test -> seconds(test.expected()))
            .average()
            .orElse(UNKNOWN);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /// Return the number of tests.
  public int tests() {
    return plan.tests().size();
  }

  /// Return what a test is taken to last.
  public double seconds(PlannedTest test) {
    return test.expected().isNegative() ? unknown : seconds(test.expected());
  }

  /// Return the seconds of all tests together.
  public double total() {
    return plan.tests().stream().mapToDouble(this::seconds).sum();
  }

  /// Return the longest test.
  public Optional<PlannedTest> longest() {
    return plan.tests().stream().max(Comparator.comparingDouble(this::seconds));
  }

  /// Return the seconds that no schedule for a number of sandboxes can beat.
  public double bound(int sandboxes) {
    return SimulatedRun.lowerBound(scenario(sandboxes));
  }

  /// Play the run with a number of sandboxes.
  public SimulatedRun with(int sandboxes) {
    return SimulatedRun.of(scenario(sandboxes));
  }

  private Scenario scenario(int sandboxes) {
    Rules given = plan.rules();
    Costs costs = given.costs();
    Rules rules =
        new Rules(
            sandboxes,
            false,
            given.hedging(),
            given.maxCommandLength(),
            costs,
            Integer.MAX_VALUE,
            given.stallTimeout(),
            given.hedgeAfter(),
            given.condemnAfter(),
            given.cancelGrace());
    Faults faults =
        Faults.plain(
            seconds(costs.startUp()),
            seconds(costs.batch()) + seconds(costs.file()),
            0,
            0,
            0,
            0,
            1,
            0);
    List<VirtualTest> tests =
        plan.tests().stream()
            .map(test -> new VirtualTest(seconds(test), Behaviour.PASSES, 0))
            .toList();
    return new Scenario(
        new DispatchPlan(plan.tests(), rules, plan.groups(), DispatchPlan.Continuation.NONE),
        tests,
        faults,
        -1,
        1);
  }
}
