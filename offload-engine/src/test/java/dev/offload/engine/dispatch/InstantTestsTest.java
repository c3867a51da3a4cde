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
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Tests whose reports of an earlier run say that they took no time at all.
class InstantTestsTest {
  private static final int FAILING = 1;

  private final Deque<Message> inbox = new ArrayDeque<>();
  private final Map<String, Verdict> verdicts = new TreeMap<>();

  @Test
  void a_failed_one_is_tried_again_and_the_run_ends() {
    List<PlannedTest> plan =
        IntStream.range(0, 2)
            .mapToObj(i ->
                new PlannedTest(
                    new TestId("t" + i),
                    "g",
                    "",
                    1,
                    Duration.ofSeconds(60),
                    Duration.ZERO,
                    false,
                    1))
            .toList();
    DispatchPlan.Rules rules =
        new DispatchPlan.Rules(
            4,
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
      dispatcher.step(inbox.remove(), now).forEach(this::answer);
    }

    assertThat(verdicts)
        .isEqualTo(new TreeMap<>(Map.of("t0", Verdict.PASSED, "t1", Verdict.FAILED)));
  }

  private void answer(Action action) {
    switch (action) {
      case Action.StartSandbox start ->
          inbox.add(new Message.SandboxReady(start.sandbox(), "handle"));
      case Action.RunBatch batch -> runBatch(batch);
      case Action.CloseSandbox close -> inbox.add(new Message.SandboxClosed(close.sandbox(), ""));
      case Action.Emit(RunEvent.TestDecided decided) ->
          verdicts.put(decided.test().value(), decided.verdict());
      default -> {}
    }
  }

  private void runBatch(Action.RunBatch batch) {
    for (int test : batch.tests()) {
      Outcome outcome = test == FAILING ? Outcome.FAILED : Outcome.PASSED;
      inbox.add(
          new Message.TestFinished(
              batch.sandbox(), batch.batch(), test, AttemptReport.of(outcome, Duration.ZERO)));
    }
    inbox.add(
        new Message.BatchEnded(
            batch.sandbox(),
            batch.batch(),
            new Message.BatchEnd.Ended("exit code 0", true, false, "")));
  }
}
