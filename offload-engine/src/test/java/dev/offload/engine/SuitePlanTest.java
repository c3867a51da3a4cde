package dev.offload.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.dispatch.PlannedTests;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuitePlanTest {
  private static SuitePlan plan(double... seconds) {
    Costs costs = Costs.ofBatch(Duration.ZERO);
    Duration limit = Duration.ofMinutes(1);
    Rules rules = new Rules(2, false, true, 1000, costs, 0, limit, 1.3, 5, limit);
    return new SuitePlan(new DispatchPlan(PlannedTests.lasting(seconds), rules), costs);
  }

  @Test
  void findsTheSmallestNumberOfSandboxesForATime() {
    SuitePlan plan = plan(4, 2, 2, 2, 2);
    assertThat(plan.within(Duration.ofSeconds(12))).contains(1);
    assertThat(plan.within(Duration.ofSeconds(11))).contains(2);
    assertThat(plan.within(Duration.ofSeconds(4))).contains(3);
    assertThat(plan.within(Duration.ofMillis(3999))).isEmpty();
  }

  @Test
  void saysFromWhichNumberOnMoreHardlyHelp() {
    assertThat(plan(4, 2, 2, 2, 2).enough()).isEqualTo(3);
    assertThat(plan(7).enough()).isEqualTo(1);
    assertThat(plan().enough()).isEqualTo(1);
  }

  @Test
  void namesTheLongestTestAndCountsTheUnknown() {
    SuitePlan plan = plan(1, 3, -1);
    assertThat(plan.longest()).contains(Map.entry(new TestId("t1"), Duration.ofSeconds(3)));
    assertThat(plan.tests()).isEqualTo(3);
    assertThat(plan.unknown()).isEqualTo(1);
    assertThat(plan.total()).isEqualTo(Duration.ofSeconds(6));
  }
}
