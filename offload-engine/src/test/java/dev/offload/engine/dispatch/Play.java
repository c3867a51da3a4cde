package dev.offload.engine.dispatch;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.dispatch.Message.BatchEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Plays the shell by hand: one message at a time, with everything the dispatcher did in between.
final class Play {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final List<Action> done = new ArrayList<>();
  final Map<SandboxId, Action.RunBatch> running = new LinkedHashMap<>();
  private final List<Action.SetTimer> timers = new ArrayList<>();
  private final Dispatcher dispatcher;
  private Instant now = START;

  Play(DispatchPlan plan) {
    this(plan, START);
    send(new Message.ImageReady());
    send(new Message.DiscoveryEnded());
  }

  private Play(DispatchPlan plan, Instant start) {
    dispatcher = new Dispatcher(plan);
    send(new Message.Begin(start));
  }

  /// Begin with some tests, where there may be more.
  static Play listing(List<PlannedTest> tests, int maxParallel, boolean failFast) {
    return new Play(new DispatchPlan(tests, rules(maxParallel, failFast, false)), START)
        .send(new Message.ImageReady());
  }

  /// Begin with nothing but an idea of the tests, and without an image.
  static Play foreseeing(int tests, double work, int maxParallel, int startBudget) {
    DispatchPlan plan = new DispatchPlan(List.of(), rules(maxParallel, false, false, startBudget));
    Duration all = Duration.ofMillis((long) (work * 1000));
    return new Play(
        plan.opening(new DispatchPlan.Foreseen(tests, all, all.dividedBy(tests))), START);
  }

  /// Tests `t0`, `t1`, … of unknown length, all in one file.
  static List<PlannedTest> tests(int count, int retries) {
    List<PlannedTest> tests = new ArrayList<>();
    for (int test = 0; test < count; test++) {
      tests.add(
          new PlannedTest(
              new TestId("t" + test),
              "g",
              "f",
              retries,
              Duration.ofSeconds(10),
              Duration.ofSeconds(1),
              false,
              10));
    }
    return tests;
  }

  static Rules rules(int maxParallel) {
    return rules(maxParallel, false, false);
  }

  static Play of(int tests, int retries, int maxParallel) {
    return new Play(new DispatchPlan(tests(tests, retries), rules(maxParallel)));
  }

  /// As [#of], with `--fail-fast`, and with hedging when asked for.
  static Play of(int tests, int retries, int maxParallel, boolean failFast, boolean hedging) {
    return new Play(new DispatchPlan(tests(tests, retries), rules(maxParallel, failFast, hedging)));
  }

  static Rules rules(int maxParallel, boolean failFast, boolean hedging) {
    return rules(maxParallel, failFast, hedging, 5);
  }

  static Rules rules(int maxParallel, boolean failFast, boolean hedging, int startBudget) {
    return new Rules(
        maxParallel,
        failFast,
        hedging,
        1_000_000,
        DispatchPlan.Costs.ofBatch(Duration.ofMillis(1)),
        startBudget,
        Duration.ofSeconds(60),
        2,
        3,
        Duration.ofSeconds(5));
  }

  Play send(Message message) {
    for (Action action : dispatcher.step(message, now)) {
      done.add(action);
      switch (action) {
        case Action.RunBatch run -> running.put(run.sandbox(), run);
        case Action.SetTimer timer -> timers.add(timer);
        case Action.StartSandbox _,
            Action.CancelBatch _,
            Action.CloseSandbox _,
            Action.Emit _,
            Action.Finish _ -> {}
      }
    }
    return this;
  }

  /// Let time pass, with the timers that fire in it.
  Play pass(double seconds) {
    Instant until = now.plusNanos((long) (seconds * 1e9));
    while (true) {
      Action.SetTimer next = null;
      for (Action.SetTimer timer : timers) {
        if (!timer.at().isAfter(until) && (next == null || timer.at().isBefore(next.at()))) {
          next = timer;
        }
      }
      if (next == null) {
        now = until;
        return this;
      }
      timers.remove(next);
      now = next.at().isAfter(now) ? next.at() : now;
      send(new Message.TimerFired(next.timer()));
    }
  }

  static SandboxId sb(int number) {
    return new SandboxId(number);
  }

  Play ready(int... sandboxes) {
    for (int sandbox : sandboxes) {
      send(new Message.SandboxReady(sb(sandbox), "h" + sandbox, ""));
    }
    return this;
  }

  Play ready(int sandbox, String host) {
    return send(new Message.SandboxReady(sb(sandbox), "h" + sandbox, host));
  }

  Play died(int sandbox) {
    running.remove(sb(sandbox));
    return send(
        new Message.SandboxDied(
            sb(sandbox), new Death(Death.Cause.EXITED, OptionalInt.of(137), "")));
  }

  BatchId batch(int sandbox) {
    Action.RunBatch run = running.get(sb(sandbox));
    if (run == null) {
      throw new AssertionError("nothing runs in sb-" + sandbox + ": " + done);
    }
    return run.batch();
  }

  List<Integer> testsIn(int sandbox) {
    Action.RunBatch run = running.get(sb(sandbox));
    return run == null ? List.of() : run.tests();
  }

  Play started(int sandbox, int test) {
    return send(new Message.TestStarted(sb(sandbox), batch(sandbox), test));
  }

  Play finished(int sandbox, int test, Outcome outcome) {
    AttemptReport report =
        AttemptReport.of(
            outcome, Duration.ofMillis(100), outcome.isFailure() ? "boom " + test : "", "");
    return send(new Message.TestFinished(sb(sandbox), batch(sandbox), test, report));
  }

  Play runs(int sandbox, int test, Outcome outcome) {
    return started(sandbox, test).finished(sandbox, test, outcome);
  }

  /// Let a sandbox end its whole batch in the same way and with it its command.
  Play runsAll(int sandbox, Outcome outcome) {
    for (int test : testsIn(sandbox)) {
      runs(sandbox, test, outcome);
    }
    return ends(sandbox, outcome.isFailure() ? 1 : 0);
  }

  Play ends(int sandbox, int code) {
    return ends(sandbox, new BatchEnd.Ended("exit code " + code, code == 0, false, ""));
  }

  Play crashes(int sandbox) {
    return ends(
        sandbox, new BatchEnd.Ended("signal 11 (SIGSEGV)", false, true, "Segmentation fault"));
  }

  Play ends(int sandbox, BatchEnd end) {
    BatchId batch = batch(sandbox);
    running.remove(sb(sandbox));
    return send(new Message.BatchEnded(sb(sandbox), batch, end));
  }

  Play closed(int... sandboxes) {
    for (int sandbox : sandboxes) {
      send(new Message.SandboxClosed(sb(sandbox), ""));
    }
    return this;
  }

  /// What was decided, as `t0 FAILED: reason`.
  List<String> decided() {
    return events(RunEvent.TestDecided.class).stream()
        .map(event ->
            event.test()
                + " "
                + event.verdict()
                + (event.reason().isEmpty() ? "" : ": " + event.reason()))
        .toList();
  }

  <T extends RunEvent> List<T> events(Class<T> type) {
    List<T> events = new ArrayList<>();
    for (Action action : done) {
      if (action instanceof Action.Emit(RunEvent event) && type.isInstance(event)) {
        events.add(type.cast(event));
      }
    }
    return events;
  }

  /// The outcomes of the attempts of a test, in order of their end.
  List<Outcome> outcomes(int test) {
    return events(RunEvent.AttemptFinished.class).stream()
        .filter(event -> event.test().value().equals("t" + test))
        .map(event -> event.report().outcome())
        .toList();
  }

  <T extends Action> List<T> actions(Class<T> type) {
    return done.stream().filter(type::isInstance).map(type::cast).toList();
  }

  boolean isClosing() {
    return done.stream().anyMatch(Action.CloseSandbox.class::isInstance);
  }

  boolean isFinished() {
    return done.getLast() instanceof Action.Finish;
  }
}
