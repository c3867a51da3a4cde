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
import java.util.function.Function;
import java.util.stream.IntStream;

/// Play a run on sandboxes that always start and close at once; only what a batch says is up to the
/// test.
final class PlayedRun {
  private final Deque<Message> inbox = new ArrayDeque<>();
  private final Map<String, Verdict> verdicts = new TreeMap<>();
  private final Function<Action.RunBatch, List<Message>> batch;

  private PlayedRun(Function<Action.RunBatch, List<Message>> batch) {
    this.batch = batch;
  }

  /// Return so many tests `t0`, `t1`, … of one group.
  static List<PlannedTest> tests(int count, int retries, Duration expected) {
    return IntStream.range(0, count)
        .mapToObj(i ->
            new PlannedTest(
                new TestId("t" + i), "g", "", retries, Duration.ofSeconds(60), expected, false, 1))
        .toList();
  }

  /// Run them to the end, which must come soon.
  ///
  /// @param batch what a batch says, its end included
  /// @return the verdicts by id
  static Map<String, Verdict> of(
      List<PlannedTest> tests, int maxParallel, Function<Action.RunBatch, List<Message>> batch) {
    DispatchPlan.Rules rules =
        new DispatchPlan.Rules(
            maxParallel,
            false,
            true,
            1000,
            DispatchPlan.Costs.ofBatch(Duration.ofSeconds(1)),
            10,
            Duration.ofSeconds(60),
            2.0,
            5,
            Duration.ofSeconds(10));
    PlayedRun run = new PlayedRun(batch);
    run.play(new Dispatcher(new DispatchPlan(tests, rules)));
    return run.verdicts;
  }

  /// Say that a test of a batch ended, in no time.
  static Message finished(Action.RunBatch batch, int test, Outcome outcome) {
    return new Message.TestFinished(
        batch.sandbox(), batch.batch(), test, AttemptReport.of(outcome, Duration.ZERO));
  }

  /// Say that the command of a batch ended.
  static Message ended(Action.RunBatch batch, int exitCode) {
    return new Message.BatchEnded(
        batch.sandbox(),
        batch.batch(),
        new Message.BatchEnd.Ended("exit code " + exitCode, exitCode == 0, false, ""));
  }

  private void play(Dispatcher dispatcher) {
    Instant now = Instant.EPOCH;
    inbox.add(new Message.Begin(now));
    inbox.add(new Message.ImageReady());
    inbox.add(new Message.DiscoveryEnded());
    for (int steps = 0; !inbox.isEmpty(); steps++) {
      assertThat(steps).isLessThan(1000);
      now = now.plusMillis(10);
      dispatcher.step(inbox.remove(), now).forEach(this::answer);
    }
  }

  private void answer(Action action) {
    switch (action) {
      case Action.StartSandbox start ->
          inbox.add(new Message.SandboxReady(start.sandbox(), "handle", ""));
      case Action.RunBatch order -> inbox.addAll(batch.apply(order));
      case Action.CloseSandbox close -> inbox.add(new Message.SandboxClosed(close.sandbox(), ""));
      case Action.Emit(RunEvent.TestDecided decided) ->
          verdicts.put(decided.test().value(), decided.verdict());
      default -> {}
    }
  }
}
