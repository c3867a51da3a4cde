package dev.offload.engine.simulate;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.engine.dispatch.Action;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.Message;
import dev.offload.engine.dispatch.Message.StartFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/// Carry out the actions of a dispatcher in virtual time: the shell, the providers and the test
/// processes of a run, all at once and all in one thread. The same scenario always goes the same
/// way.
final class VirtualWorld {
  private static final Instant BEGIN = Instant.parse("2000-01-01T00:00:00Z");

  final Scenario scenario;
  final SplittableRandom random;
  final Account account;
  final Set<Integer> halved = new HashSet<>();
  private final Machine machine;
  private final PriorityQueue<Event> agenda = new PriorityQueue<>();
  private final Map<SandboxId, VirtualSandbox> sandboxes = new HashMap<>();
  private long now;
  private long sequence;
  private boolean finished;

  VirtualWorld(Scenario scenario, Machine machine) {
    this.scenario = scenario;
    this.machine = machine;
    random = new SplittableRandom(scenario.seed());
    account = new Account(scenario);
  }

  private record Event(long at, long sequence, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /// Run to the end, or until it is clear that there is none.
  Account run() {
    long mostSteps = 100_000 + 200L * scenario.tests().size();
    deliver(new Message.Begin(BEGIN));
    later(scenario.arrivals().image(), () -> deliver(new Message.ImageReady()));
    discover();
    if (scenario.cancelAt() >= 0) {
      later(scenario.cancelAt(), () -> deliver(new Message.Cancel("interrupted")));
    }
    long steps = 0;
    while (!finished && !agenda.isEmpty() && steps++ < mostSteps) {
      Event event = agenda.remove();
      now = event.at();
      event.what().run();
    }
    account.ended(
        finished,
        finished
            ? ""
            : agenda.isEmpty()
                ? "nothing happens any more"
                : "no end after " + mostSteps + " steps",
        seconds());
    return account;
  }

  /// Let the tests become known.
  private void discover() {
    Arrivals arrivals = scenario.arrivals();
    int from = scenario.opening().tests().size();
    for (Arrivals.Portion portion : arrivals.portions()) {
      int to = from + portion.tests();
      List<PlannedTest> tests = scenario.plan().tests().subList(from, to);
      later(portion.at(), () -> deliver(new Message.TestsFound(tests, portion.certain())));
      from = to;
    }
    later(
        arrivals.end(),
        () -> {
          if (!arrivals.gone().isEmpty()) {
            deliver(new Message.TestsWithdrawn(arrivals.gone().stream().sorted().toList()));
          }
          deliver(new Message.DiscoveryEnded());
        });
  }

  double seconds() {
    return now / 1e9;
  }

  boolean chance(double likelihood) {
    return likelihood > 0 && random.nextDouble() < likelihood;
  }

  /// Return a duration with this run's noise.
  double noisy(double seconds) {
    double sigma = scenario.faults().noise();
    return sigma == 0 ? seconds : seconds * Math.exp(sigma * random.nextGaussian());
  }

  void later(double seconds, Runnable what) {
    agenda.add(new Event(now + Math.round(seconds * 1e9), sequence++, what));
  }

  /// Give a message to the dispatcher and do what it answers.
  void deliver(Message message) {
    if (finished) {
      return;
    }
    account.received(message);
    List<Action> actions = machine.step(message, BEGIN.plusNanos(now));
    for (Action action : actions) {
      account.did(action, seconds());
    }
    actions.forEach(this::perform);
  }

  private void perform(Action action) {
    switch (action) {
      case Action.StartSandbox(SandboxId id) -> startSandbox(id);
      case Action.RunBatch(SandboxId id, var batch, var tests) -> {
        VirtualSandbox sandbox = sandboxes.get(id);
        if (sandbox != null) {
          sandbox.run(batch, tests);
        }
      }
      case Action.CancelBatch(SandboxId id, var batch, boolean _) -> {
        VirtualSandbox sandbox = sandboxes.get(id);
        if (sandbox != null) {
          sandbox.cancel(batch);
        }
      }
      case Action.CloseSandbox(SandboxId id) -> {
        VirtualSandbox sandbox = sandboxes.get(id);
        if (sandbox != null) {
          sandbox.close();
        }
      }
      case Action.SetTimer(var timer, Instant at) -> {
        double wait = Duration.between(BEGIN.plusNanos(now), at).toNanos() / 1e9;
        later(Math.max(0, wait), () -> deliver(new Message.TimerFired(timer)));
      }
      case Action.Emit _ -> {}
      case Action.Finish() -> finished = true;
    }
  }

  private void startSandbox(SandboxId id) {
    Faults faults = scenario.faults();
    double startUp = noisy(faults.startUp());
    if (chance(faults.unavailable())) {
      StartFailure failure = new StartFailure.Unavailable("over quota", Duration.ofSeconds(2));
      later(startUp / 2, () -> deliver(new Message.SandboxStartFailed(id, failure)));
      return;
    }
    if (chance(faults.startFails())) {
      StartFailure failure = new StartFailure.Failed("no room");
      later(startUp / 2, () -> deliver(new Message.SandboxStartFailed(id, failure)));
      return;
    }
    VirtualSandbox sandbox = new VirtualSandbox(this, id);
    sandboxes.put(id, sandbox);
    if (chance(faults.dieStarting())) {
      Death death = Death.of(Death.Cause.NEVER_STARTED, "");
      later(startUp / 2, () -> deliver(new Message.SandboxDied(id, death)));
      return;
    }
    later(startUp, sandbox::ready);
  }
}
