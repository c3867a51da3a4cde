package dev.offload.engine.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Continuation;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.GroupRules;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.dispatch.PlannedTests;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// Holds what is foretold to sums that can be made by hand.
class PredictionTest {
  private static final Offset<Double> ABOUT = within(1e-6);

  private static Prediction prediction(
      Map<String, GroupRules> groups, Costs costs, double... seconds) {
    Duration limit = Duration.ofMinutes(1);
    Rules rules = new Rules(2, true, true, 1000, costs, 0, limit, 1.3, 5, limit);
    return new Prediction(
        new DispatchPlan(PlannedTests.lasting(seconds), rules, groups, Continuation.NONE));
  }

  private static Costs costs(int startUp, int batch, int file) {
    return new Costs(
        Duration.ofSeconds(startUp), Duration.ofSeconds(batch), Duration.ofSeconds(file), 0.5);
  }

  @Test
  void oneSandboxTakesTheSumAndAsManyAsTestsTakeTheLongest() {
    Prediction prediction = prediction(Map.of(), costs(0, 0, 0), 4, 3, 2, 1);
    assertThat(prediction.total()).isEqualTo(10, ABOUT);
    assertThat(prediction.with(1).makespan()).isEqualTo(10, ABOUT);
    assertThat(prediction.with(2).makespan()).isEqualTo(5, ABOUT);
    assertThat(prediction.with(4).makespan()).isEqualTo(4, ABOUT);
    assertThat(prediction.bound(2)).isEqualTo(5, ABOUT);
    assertThat(prediction.longest().orElseThrow().id()).isEqualTo(new TestId("t0"));
  }

  @Test
  void startUpAndTheCostOfABatchAreInIt() {
    Prediction prediction = prediction(Map.of(), costs(5, 2, 1), 4);
    assertThat(prediction.with(1).makespan()).isEqualTo(12, ABOUT);
    assertThat(prediction.bound(1)).isEqualTo(12, ABOUT);
  }

  @Test
  void aTestOfWhichNothingIsKnownIsLikeTheMeanOfTheOthers() {
    assertThat(prediction(Map.of(), costs(0, 0, 0), 2, 4, -1).total()).isEqualTo(9, ABOUT);
    assertThat(prediction(Map.of(), costs(0, 0, 0), -1, -1).total()).isEqualTo(2, ABOUT);
  }

  @Test
  void groupsKeepTheirRules() {
    Map<String, GroupRules> serial = Map.of("g", new GroupRules(1, false));
    Prediction prediction = prediction(serial, costs(0, 0, 0), 1, 1, 1, 1);
    assertThat(prediction.with(4).makespan()).isEqualTo(4, ABOUT);
    assertThat(prediction.bound(4)).isEqualTo(4, ABOUT);
  }

  @Test
  void noTestsTakeNoTime() {
    Prediction prediction = prediction(Map.of(), costs(5, 1, 0));
    assertThat(prediction.with(3).makespan()).isZero();
    assertThat(prediction.longest()).isEmpty();
  }
}
