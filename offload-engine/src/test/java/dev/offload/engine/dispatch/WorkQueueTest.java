package dev.offload.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final List<PlannedTest> tests = new ArrayList<>();
  private int maxCommandLength = 1_000_000;

  private void add(String file, double seconds, boolean individually) {
    tests.add(
        new PlannedTest(
            new TestId("t" + tests.size()),
            "g",
            file,
            0,
            Duration.ofSeconds(10),
            Duration.ofMillis((long) (seconds * 1000)),
            individually,
            10));
  }

  private WorkQueue queue() {
    Rules rules = Play.rules(4);
    Rules limited =
        new Rules(
            4,
            false,
            true,
            maxCommandLength,
            rules.costs(),
            5,
            rules.stallTimeout(),
            2,
            3,
            rules.cancelGrace());
    return new WorkQueue(
        new Suite(new DispatchPlan(tests, limited)),
        new Estimates(tests, rules.costs()),
        maxCommandLength);
  }

  private static WorkQueue.Asking asking(int sandbox, double target) {
    return new WorkQueue.Asking(
        failedIn -> failedIn != sandbox, target, 0, 1, Double.MAX_VALUE, 1, true, true);
  }

  @Test
  void shortTestsGoOutAsNeighboursInCollectionOrder() {
    for (int test = 0; test < 10; test++) {
      add("f", 1, false);
    }
    WorkQueue queue = queue();
    assertThat(queue.carve(asking(1, 4))).containsExactly(0, 1, 2, 3);
    assertThat(queue.carve(asking(2, 3))).containsExactly(4, 5, 6);
    assertThat(queue.size()).isEqualTo(3);
    assertThat(queue.work()).isCloseTo(3, org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void aBatchPrefersToEndWithItsFile() {
    for (int test = 0; test < 10; test++) {
      add(test < 4 ? "f" : "g", 1, false);
    }
    assertThat(queue().carve(asking(1, 5))).containsExactly(0, 1, 2, 3);
  }

  @Test
  void longTestsGoOutFirst() {
    for (int test = 0; test < 6; test++) {
      add("f", test == 4 ? 9 : 1, false);
    }
    WorkQueue queue = queue();
    assertThat(queue.carve(asking(1, 4))).containsExactly(4);
    assertThat(queue.carve(asking(2, 4))).containsExactly(0, 1, 2, 3);
  }

  @Test
  void aTestThatWantsToBeAloneIs() {
    add("f", 1, false);
    add("f", 1, true);
    add("f", 1, false);
    WorkQueue queue = queue();
    assertThat(queue.carve(asking(1, 9))).containsExactly(1);
    assertThat(queue.carve(asking(1, 9))).containsExactly(0, 2);
  }

  @Test
  void aCommandLineStaysWithinItsLimit() {
    maxCommandLength = 25;
    for (int test = 0; test < 5; test++) {
      add("f", 1, false);
    }
    assertThat(queue().carve(asking(1, 9))).containsExactly(0, 1);
  }

  @Test
  void retriesGoFirstAndNotToWhereTheyFailed() {
    for (int test = 0; test < 4; test++) {
      add("f", 1, false);
    }
    WorkQueue queue = queue();
    assertThat(queue.carve(asking(1, 2))).containsExactly(0, 1);
    queue.retry(1, 1);
    queue.giveBack(0);
    assertThat(queue.carve(asking(1, 1))).containsExactly(0);
    assertThat(queue.carve(asking(2, 1))).containsExactly(1);
  }

  /// Return how many tests of unknown length a batch gets that costs a second, out of 1,000.
  private int secondBatch(double measured) {
    for (int test = 0; test < 1000; test++) {
      tests.add(
          new PlannedTest(
              new TestId("u" + test),
              "g",
              "f",
              0,
              Duration.ofSeconds(10),
              Duration.ofSeconds(-1),
              false,
              10));
    }
    Estimates estimates = new Estimates(tests, DispatchPlan.Costs.ofBatch(Duration.ofSeconds(1)));
    WorkQueue queue =
        new WorkQueue(
            new Suite(new DispatchPlan(tests, Play.rules(4))), estimates, maxCommandLength);
    for (int test : queue.carve(asking(1, 10_000))) {
      estimates.measured(test, measured);
    }
    return queue.carve(asking(2, 10_000)).length;
  }

  @Test
  void testsOfUnknownLengthAreDealtOutSparingly() {
    assertThat(secondBatch(1)).isLessThan(300);
  }

  @Test
  void quickTestsThatCostLessThanTheirBatchAreNotDivided() {
    assertThat(secondBatch(0.0005)).isGreaterThan(700);
  }
}
