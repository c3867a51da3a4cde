package dev.offload.engine.simulate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.engine.dispatch.Action;
import dev.offload.engine.dispatch.Dispatcher;
import dev.offload.engine.dispatch.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Shows that the simulator can fail: each dispatcher here is broken on purpose, and must be
/// caught.
class BrokenDispatcherTest {
  private static final int RUNS = 400;

  @Test
  void aDispatcherThatForgetsTheTestsOfADeadSandboxIsCaught() {
    assertThat(isCaught(Forgetful::new, "")).isTrue();
  }

  @Test
  void aDispatcherThatCountsALossAsAFailureIsCaught() {
    assertThat(isCaught(Unjust::new, "though it cannot fail by itself")).isTrue();
  }

  @Test
  void aDispatcherThatHandsWorkToADeadSandboxIsCaught() {
    assertThat(isCaught(Blind::new, "work for a sandbox that is not there")).isTrue();
  }

  @Test
  void aDispatcherThatBelievesStaleResultsIsCaught() {
    assertThat(isCaught(Gullible::new, "though it")).isTrue();
  }

  @Test
  void aDispatcherThatEndsBeforeAllTestsAreKnownIsCaught() {
    assertThat(isCaught(Hasty::new, "before all of its tests are known")).isTrue();
  }

  @Test
  void theRealDispatcherPassesThroughTheSameHands() {
    assertThat(isCaught(Wrapped::new, "")).isFalse();
  }

  /// Whether a run breaks a promise in such words.
  private static boolean isCaught(Function<Dispatcher, Wrapped> breaking, String promise) {
    for (long seed = 0; seed < RUNS; seed++) {
      Scenario scenario = RandomScenario.of(seed);
      SimulatedRun run =
          SimulatedRun.of(scenario, breaking.apply(new Dispatcher(scenario.opening())));
      if (run.violations().stream().anyMatch(violation -> violation.contains(promise))) {
        return true;
      }
    }
    return false;
  }

  /// Hands everything on, and knows which batch runs where.
  private static class Wrapped implements Machine {
    final Dispatcher dispatcher;
    final Map<SandboxId, Action.RunBatch> running = new HashMap<>();
    final Map<BatchId, Set<Integer>> finished = new HashMap<>();

    Wrapped(Dispatcher dispatcher) {
      this.dispatcher = dispatcher;
    }

    @Override
    public List<Action> step(Message message, Instant now) {
      List<Action> actions = answer(message, now);
      if (message instanceof Message.TestFinished end) {
        finished.computeIfAbsent(end.batch(), _ -> new HashSet<>()).add(end.test());
      }
      if (message instanceof Message.BatchEnded end) {
        running
            .values()
            .removeIf(
                run -> run.sandbox().equals(end.sandbox()) && run.batch().equals(end.batch()));
      }
      for (Action action : actions) {
        if (action instanceof Action.RunBatch run) {
          running.put(run.sandbox(), run);
        }
      }
      return actions;
    }

    List<Action> answer(Message message, Instant now) {
      return dispatcher.step(message, now);
    }

    /// The tests a sandbox was running, or was going to.
    List<Integer> unfinished(SandboxId sandbox) {
      Action.RunBatch run = running.get(sandbox);
      if (run == null) {
        return List.of();
      }
      Set<Integer> done = finished.getOrDefault(run.batch(), Set.of());
      return run.tests().stream().filter(test -> !done.contains(test)).toList();
    }
  }

  private static final class Forgetful extends Wrapped {
    private final Set<Integer> forgotten = new HashSet<>();

    Forgetful(Dispatcher dispatcher) {
      super(dispatcher);
    }

    @Override
    List<Action> answer(Message message, Instant now) {
      if (message instanceof Message.SandboxDied died) {
        forgotten.addAll(unfinished(died.sandbox()));
        running.remove(died.sandbox());
      }
      List<Action> actions = new ArrayList<>();
      for (Action action : super.answer(message, now)) {
        if (action instanceof Action.RunBatch(var sandbox, var batch, var tests)) {
          List<Integer> kept = tests.stream().filter(test -> !forgotten.contains(test)).toList();
          if (!kept.isEmpty()) {
            actions.add(new Action.RunBatch(sandbox, batch, kept));
          }
        } else {
          actions.add(action);
        }
      }
      return actions;
    }
  }

  private static final class Unjust extends Wrapped {
    Unjust(Dispatcher dispatcher) {
      super(dispatcher);
    }

    @Override
    List<Action> answer(Message message, Instant now) {
      List<Action> actions = new ArrayList<>();
      if (message instanceof Message.SandboxDied(SandboxId sandbox, var _)) {
        for (int test : unfinished(sandbox)) {
          BatchId batch = requireNonNull(running.get(sandbox)).batch();
          AttemptReport lost = AttemptReport.of(Outcome.FAILED, Duration.ZERO, "lost", "");
          actions.addAll(super.answer(new Message.TestFinished(sandbox, batch, test, lost), now));
        }
      }
      actions.addAll(super.answer(message, now));
      return actions;
    }
  }

  private static final class Blind extends Wrapped {
    private final Set<SandboxId> dead = new HashSet<>();

    Blind(Dispatcher dispatcher) {
      super(dispatcher);
    }

    @Override
    List<Action> answer(Message message, Instant now) {
      if (message instanceof Message.SandboxDied died) {
        dead.add(died.sandbox());
      }
      List<Action> actions = new ArrayList<>();
      for (Action action : super.answer(message, now)) {
        actions.add(
            action instanceof Action.RunBatch(var _, var batch, var tests) && !dead.isEmpty()
                ? new Action.RunBatch(dead.iterator().next(), batch, tests)
                : action);
      }
      return actions;
    }
  }

  private static final class Hasty extends Wrapped {
    Hasty(Dispatcher dispatcher) {
      super(dispatcher);
    }

    @Override
    List<Action> answer(Message message, Instant now) {
      List<Action> actions = new ArrayList<>(super.answer(message, now));
      if (message instanceof Message.Begin) {
        actions.addAll(super.answer(new Message.DiscoveryEnded(), now));
      }
      return actions;
    }
  }

  private static final class Gullible extends Wrapped {
    Gullible(Dispatcher dispatcher) {
      super(dispatcher);
    }

    @Override
    List<Action> answer(Message message, Instant now) {
      if (message instanceof Message.TestFinished(var _, var _, int test, var report)) {
        for (Action.RunBatch run : running.values()) {
          if (run.tests().contains(test)) {
            return super.answer(
                new Message.TestFinished(run.sandbox(), run.batch(), test, report), now);
          }
        }
      }
      return super.answer(message, now);
    }
  }
}
