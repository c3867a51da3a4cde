package dev.offload.engine.dispatch;

import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Makes tests of which it is known how long they take.
public final class PlannedTests {
  private PlannedTests() {}

  /// Tests `t0`, `t1`, … of one group and one file, without retries.
  ///
  /// @param seconds how long each takes
  public static List<PlannedTest> lasting(double... seconds) {
    List<PlannedTest> tests = new ArrayList<>();
    for (double expected : seconds) {
      tests.add(
          new PlannedTest(
              new TestId("t" + tests.size()),
              "g",
              "f",
              0,
              Duration.ofMinutes(1),
              Duration.ofNanos((long) (expected * 1e9)),
              false,
              0));
    }
    return tests;
  }
}
