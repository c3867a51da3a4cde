package dev.offload.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A command that has one exit code for all its tests.
class SplitTest {
  private final Deque<Message> inbox = new ArrayDeque<>();
  private final List<Integer> sizes = new ArrayList<>();
  private final Map<String, Verdict> verdicts = new TreeMap<>();

  @Test
  void a_batch_whose_answer_is_one_for_all_is_divided_until_each_test_has_its_own() {
    run(7, 3);

    assertThat(verdicts).hasSize(7).containsEntry("t3", Verdict.FAILED);
    assertThat(verdicts.values()).filteredOn(verdict -> verdict == Verdict.PASSED).hasSize(6);
    assertThat(sizes).startsWith(7).endsWith(1);
    assertThat(sizes).hasSizeLessThan(14);
  }

  @Test
  void dividing_ends_when_every_test_fails() {
    run(6, -1);

    assertThat(verdicts.values()).hasSize(6).containsOnly(Verdict.FAILED);
  }

  /// Run so many tests, of which one fails, or all with -1.
  private void run(int tests, int failing) {
    List<PlannedTest> plan =
        IntStream.range(0, tests)
            .mapToObj(i ->
                new PlannedTest(
                    new TestId("t" + i),
                    "g",
                    "",
                    0,
                    Duration.ofSeconds(60),
                    Duration.ofMillis(1),
                    false,
                    1))
            .toList();
    DispatchPlan.Rules rules =
        new DispatchPlan.Rules(
            1,
            false,
            true,
            1000,
            Duration.ofSeconds(1),
            10,
            Duration.ofSeconds(60),
            2.0,
            5,
            Duration.ofSeconds(10));
    Dispatcher dispatcher = new Dispatcher(new DispatchPlan(plan, rules));
    Instant now = Instant.EPOCH;
    inbox.add(new Message.Begin(now));
    for (int steps = 0; !inbox.isEmpty(); steps++) {
      assertThat(steps).isLessThan(1000);
      now = now.plusMillis(10);
      for (Action action : dispatcher.step(inbox.remove(), now)) {
        answer(action, failing);
      }
    }
  }

  private void answer(Action action, int failing) {
    switch (action) {
      case Action.StartSandbox start ->
          inbox.add(new Message.SandboxReady(start.sandbox(), "handle"));
      case Action.RunBatch batch -> runBatch(batch, failing);
      case Action.CloseSandbox close -> inbox.add(new Message.SandboxClosed(close.sandbox(), ""));
      case Action.Emit(RunEvent.TestDecided decided) ->
          verdicts.put(decided.test().value(), decided.verdict());
      default -> {}
    }
  }

  private void runBatch(Action.RunBatch batch, int failing) {
    List<Integer> tests = batch.tests();
    sizes.add(tests.size());
    boolean fails = failing < 0 || tests.contains(failing);
    if (fails && tests.size() > 1) {
      inbox.add(new Message.SplitWanted(batch.sandbox(), batch.batch()));
    } else {
      Outcome outcome = fails ? Outcome.FAILED : Outcome.PASSED;
      AttemptReport report = AttemptReport.of(outcome, Duration.ZERO);
      for (int test : tests) {
        inbox.add(new Message.TestFinished(batch.sandbox(), batch.batch(), test, report));
      }
    }
    inbox.add(
        new Message.BatchEnded(
            batch.sandbox(),
            batch.batch(),
            new Message.BatchEnd.Ended("exit code " + (fails ? 1 : 0), !fails, false, "")));
  }
}
