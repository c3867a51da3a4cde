package dev.offload.engine.simulate;

import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.util.List;

/// Describe one simulated run.
///
/// @param plan what the dispatcher is told, with all tests of the run
/// @param tests what its tests really do, in the same order
/// @param faults how the sandboxes behave
/// @param arrivals when it is told of the tests
/// @param cancelAt the second at which the user cancels the run, or negative for never
/// @param seed where all chance comes from
public record Scenario(
    DispatchPlan plan,
    List<VirtualTest> tests,
    Faults faults,
    Arrivals arrivals,
    double cancelAt,
    long seed) {
  /// Check and copy.
  public Scenario {
    tests = List.copyOf(tests);
    if (tests.size() != plan.tests().size()) {
      throw new IllegalArgumentException("a plan of other tests");
    }
  }

  /// Make one whose tests are known from the beginning.
  public Scenario(
      DispatchPlan plan, List<VirtualTest> tests, Faults faults, double cancelAt, long seed) {
    this(plan, tests, faults, Arrivals.AT_ONCE, cancelAt, seed);
  }

  /// Return whether a test is there for certain when the dispatcher is told of it.
  boolean isCertain(int test) {
    int from = tests.size() - arrivals.later();
    boolean certain = true;
    for (Arrivals.Portion portion : arrivals.portions()) {
      certain = test < from ? certain : portion.certain();
      from += portion.tests();
    }
    return certain;
  }

  /// Return what the dispatcher is told at the beginning.
  public DispatchPlan opening() {
    List<PlannedTest> known = plan.tests().subList(0, tests.size() - arrivals.later());
    return new DispatchPlan(
        known, plan.rules(), plan.groups(), plan.continuation(), plan.foreseen());
  }
}
