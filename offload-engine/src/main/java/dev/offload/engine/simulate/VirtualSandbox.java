package dev.offload.engine.simulate;

import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.engine.dispatch.Message;
import dev.offload.engine.dispatch.Message.BatchEnd;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Play one sandbox and the processes in it.
final class VirtualSandbox {
  private static final double BLACK_HOLE_SECONDS = 0.01;

  /// After how much silence a sandbox is suspected, and given up.
  private static final double SUSPECT_SECONDS = 1.5;

  private static final double LOST_SECONDS = 5;

  private final VirtualWorld world;
  private final Faults faults;
  private final SandboxId id;
  private final double factor;
  private final boolean isBlackHole;
  private boolean closed;
  private boolean dead;
  private boolean ignoresCancel;
  private double standsStillUntil;

  /// The batch of which the end was not told.
  private @Nullable BatchId unended;

  private @Nullable TestProcess process;

  VirtualSandbox(VirtualWorld world, SandboxId id) {
    this.world = world;
    this.id = id;
    faults = world.scenario.faults();
    isBlackHole = id.number() <= faults.blackHoles();
    factor = world.chance(faults.slow()) ? faults.slowFactor() : 1;
  }

  void ready() {
    if (closed || dead) {
      return;
    }
    // In every second world several sandboxes share a machine.
    String host = world.scenario.seed() % 2 == 0 ? "" : "host-" + id.number() % 3;
    world.deliver(new Message.SandboxReady(id, "virtual-" + id.number(), host));
    if (world.chance(faults.dieIdle())) {
      world.later(world.random.nextDouble() * 5, () -> die(faults.detect()));
    }
  }

  void run(BatchId batch, List<Integer> tests) {
    if (!dead && !closed) {
      process = new TestProcess(batch, tests);
      unended = batch;
      process.begin();
    }
  }

  void cancel(BatchId batch) {
    TestProcess cancelled = process;
    if (cancelled == null || !cancelled.batch.equals(batch)) {
      return;
    }
    if (world.chance(faults.cancelIgnored())) {
      ignoresCancel = true;
      return;
    }
    cancelled.later(0.02, () -> cancelled.end(new BatchEnd.Cancelled("stack dump")));
  }

  void close() {
    closed = true;
    if (ignoresCancel && process != null) {
      world.account.diedWhileRunning(process.current);
    }
    stop();
    if (!world.chance(faults.closeSilent())) {
      String problem = world.chance(faults.closeFails()) ? "no answer" : "";
      world.later(0.05, () -> world.deliver(new Message.SandboxClosed(id, problem)));
    } else {
      world.account.closedInSilence(id);
    }
    if (world.chance(faults.late())) {
      Death death = Death.of(Death.Cause.CLOSED, "");
      world.later(0.01, () -> world.deliver(new Message.SandboxDied(id, death)));
    }
  }

  private void stop() {
    if (process != null) {
      world.account.wasted(process.runningSeconds());
      process = null;
    }
  }

  /// Stand still for a while: nothing goes on in it and nothing is heard of it.
  private void standStill(double seconds) {
    standsStillUntil = Math.max(standsStillUntil, world.seconds() + seconds);
    suspectLater();
    world.later(
        seconds,
        () -> {
          if (process != null && seconds > SUSPECT_SECONDS) {
            world.deliver(new Message.SandboxHeard(id));
          }
        });
    world.later(
        LOST_SECONDS,
        () -> {
          if (seconds >= LOST_SECONDS) {
            die(0);
          }
        });
  }

  private void suspectLater() {
    BatchId silent = unended;
    world.later(
        SUSPECT_SECONDS,
        () -> {
          boolean isSilent = dead || world.seconds() < standsStillUntil;
          if (!closed && isSilent && silent != null && silent.equals(unended)) {
            world.deliver(new Message.SandboxSuspected(id, "no sign of life"));
          }
        });
  }

  /// Die now; it becomes known after a while.
  private void die(double detect) {
    if (dead || closed) {
      return;
    }
    dead = true;
    if (process != null) {
      world.account.diedWhileRunning(process.current);
    }
    stop();
    Death death = new Death(Death.Cause.EXITED, OptionalInt.of(137), "");
    world.later(detect, () -> world.deliver(new Message.SandboxDied(id, death)));
    if (world.chance(faults.twice())) {
      world.later(detect + 1, () -> world.deliver(new Message.SandboxDied(id, death)));
    }
  }

  /// The command of one batch.
  private final class TestProcess {
    private final BatchId batch;
    private final List<Integer> tests;
    private int next;
    private int current = -1;
    private double currentSince;
    private boolean anyFailed;

    TestProcess(BatchId batch, List<Integer> tests) {
      this.batch = batch;
      this.tests = tests;
    }

    void begin() {
      if (world.chance(faults.notStarted())) {
        later(0.01, () -> end(new BatchEnd.NotStarted("exec refused")));
        return;
      }
      double overhead = world.noisy(faults.batchOverhead());
      if (world.chance(faults.emptyEnd())) {
        later(
            overhead, () -> end(new BatchEnd.Ended("exit code 4", false, true, "no such option")));
        return;
      }
      planDeath(overhead);
      later(overhead, this::nextTest);
    }

    private void planDeath(double overhead) {
      boolean dies = world.chance(faults.dieInBatch());
      boolean hangs = world.chance(faults.hang());
      if (dies || hangs) {
        double expected = overhead;
        for (int test : tests) {
          expected += world.scenario.tests().get(test).seconds() * factor;
        }
        double detect = hangs ? faults.detect() + 20 : faults.detect();
        later(
            world.random.nextDouble() * expected,
            () -> {
              if (hangs) {
                suspectLater();
              }
              die(detect);
            });
      }
      if (world.chance(faults.pause())) {
        double seconds = world.random.nextDouble() * faults.pauseSeconds();
        later(world.random.nextDouble() * 3, () -> standStill(seconds));
      }
    }

    /// Do something later, if the process then still runs.
    private void later(double seconds, Runnable what) {
      world.later(
          seconds,
          () -> {
            double still = standsStillUntil - world.seconds();
            if (process == this && still > 1e-6) {
              later(still, what);
            } else if (process == this) {
              what.run();
            }
          });
    }

    double runningSeconds() {
      return current < 0 ? 0 : world.seconds() - currentSince;
    }

    private void nextTest() {
      while (next < tests.size() && isMissing(tests.get(next))) {
        next++;
        anyFailed |= next == tests.size() && tests.stream().allMatch(this::isMissing);
      }
      if (next == tests.size()) {
        end(new BatchEnd.Ended(anyFailed ? "exit code 1" : "exit code 0", !anyFailed, false, ""));
        return;
      }
      int test = tests.get(next++);
      current = test;
      currentSince = world.seconds();
      if (!world.chance(faults.noStart())) {
        say(new Message.TestStarted(id, batch, test));
      }
      if (process == this) {
        play(test);
      }
    }

    private boolean isMissing(int test) {
      return world.scenario.tests().get(test).behaviour() == VirtualTest.Behaviour.MISSING;
    }

    private void play(int test) {
      VirtualTest played = world.scenario.tests().get(test);
      double seconds = world.noisy(played.seconds()) * factor;
      Duration limit = world.scenario.plan().tests().get(test).timeout();
      if (limit.isPositive() && seconds >= limit.toNanos() / 1e9) {
        world.account.tooSlow(test);
      }
      if (isBlackHole) {
        later(BLACK_HOLE_SECONDS, () -> finish(test, Outcome.FAILED));
        return;
      }
      switch (played.behaviour()) {
        case PASSES -> {
          Outcome outcome = world.chance(played.flakeRate()) ? Outcome.FAILED : Outcome.PASSED;
          later(seconds, () -> finish(test, outcome));
        }
        case SKIPS -> later(seconds, () -> finish(test, Outcome.SKIPPED));
        case FAILS -> later(seconds, () -> finish(test, Outcome.FAILED));
        case CRASHES ->
            later(
                seconds / 2,
                () -> end(new BatchEnd.Ended("signal 11 (SIGSEGV)", false, true, "core dumped")));
        case HANGS, MISSING -> {}
        case KILLS -> later(seconds / 2, () -> die(faults.detect()));
      }
    }

    private void finish(int test, Outcome outcome) {
      double ran = world.seconds() - currentSince;
      current = -1;
      anyFailed |= outcome.isFailure();
      AttemptReport report =
          AttemptReport.of(
              outcome,
              Duration.ofNanos(Math.round(ran * 1e9)),
              outcome.isFailure() ? "assert 1 == 2" : "",
              "");
      if (world.chance(faults.halfLine()) && world.halved.add(test)) {
        world.account.wasted(ran);
      } else {
        say(new Message.TestFinished(id, batch, test, report));
      }
      lie();
      if (process == this) {
        nextTest();
      }
    }

    private void say(Message message) {
      world.deliver(message);
      if (process == this && world.chance(faults.twice())) {
        world.deliver(message);
      }
    }

    /// Tell of tests and batches that are not this process's to tell of.
    private void lie() {
      if (process == this && world.chance(faults.lies())) {
        int count = world.scenario.tests().size();
        int other = world.random.nextInt(-2, count + 2);
        int otherBatch = world.random.nextInt(1, batch.number() + 3);
        boolean own = otherBatch == batch.number();
        if (!own) {
          falsely(new BatchId(otherBatch), other);
        } else if (!tests.contains(other)) {
          falsely(batch, other);
        }
      }
    }

    private void falsely(BatchId inBatch, int test) {
      Outcome outcome = world.chance(0.5) ? Outcome.PASSED : Outcome.FAILED;
      AttemptReport report = AttemptReport.of(outcome, Duration.ZERO, "false", "");
      world.deliver(new Message.TestStarted(id, inBatch, test));
      world.deliver(new Message.TestFinished(id, inBatch, test, report));
    }

    void end(BatchEnd end) {
      stop();
      unended = null;
      world.deliver(new Message.BatchEnded(id, batch, end));
      if (world.chance(faults.twice())) {
        world.deliver(new Message.BatchEnded(id, batch, end));
      }
      if (world.chance(faults.late())) {
        int test = tests.get(world.random.nextInt(tests.size()));
        world.later(world.random.nextDouble(), () -> falsely(batch, test));
      }
    }
  }
}
