package dev.offload.engine.simulate;

import dev.offload.engine.dispatch.DispatchPlan;
import java.util.List;

/// Describe one simulated run.
///
/// @param plan what the dispatcher is told
/// @param tests what its tests really do, in the same order
/// @param faults how the sandboxes behave
/// @param cancelAt the second at which the user cancels the run, or negative for never
/// @param seed where all chance comes from
public record Scenario(
    DispatchPlan plan, List<VirtualTest> tests, Faults faults, double cancelAt, long seed) {
  /// Check and copy.
  public Scenario {
    tests = List.copyOf(tests);
    if (tests.size() != plan.tests().size()) {
      throw new IllegalArgumentException("a plan of other tests");
    }
  }
}
