package dev.offload.engine.dispatch;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.Message.StartFailure;
import dev.offload.engine.dispatch.Message.Timer;
import dev.offload.engine.dispatch.PoolSandbox.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Own the sandboxes of the run: when one is started, what its end costs, and that each is closed
/// once.
final class SandboxPool {
  private static final long FIRST_BACK_OFF = Duration.ofMillis(250).toNanos();
  private static final long SHORTEST_WAIT = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_BACK_OFF = Duration.ofSeconds(1).toNanos();

  private static final int WORTHWHILE_REFUSALS = 4;

  /// After so many failing starts one after the other, when none ever succeeded, the next will not.
  private static final int HOPELESS_STARTS = 6;

  private final DispatchPlan.Rules rules;
  private final Outbox out;
  private final Estimates estimates;
  private final Map<SandboxId, PoolSandbox> all = new LinkedHashMap<>();
  private final Map<String, Pace> hosts = new HashMap<>();
  private final Set<PoolSandbox> idle = new LinkedHashSet<>();
  private final Set<PoolSandbox> live = new LinkedHashSet<>();
  private final Set<PoolSandbox> silent = new LinkedHashSet<>();
  private int starting;
  private int closingAlive;
  private int open;
  private int spent;
  private int losses;
  private String lastTrouble = "";
  private @Nullable String fatal;
  private int failuresInARow;
  private long backingOffSince = -1;
  private long notBefore = Long.MIN_VALUE;
  private int quota = Integer.MAX_VALUE;
  private int refusals;
  private boolean everReady;
  private boolean imageReady;
  private int numbered;

  SandboxPool(DispatchPlan plan, Outbox out, Estimates estimates) {
    this.rules = plan.rules();
    this.numbered = plan.continuation().sandboxes();
    this.losses = plan.continuation().losses();
    this.out = out;
    this.estimates = estimates;
  }

  @Nullable PoolSandbox get(SandboxId id) {
    return all.get(id);
  }

  /// Return the sandboxes that wait for work, in the order in which they began to wait.
  List<PoolSandbox> idle() {
    return new ArrayList<>(idle);
  }

  boolean hasIdle() {
    return !idle.isEmpty();
  }

  /// Return the sandboxes that start or can be used.
  Collection<PoolSandbox> live() {
    return live;
  }

  /// Return whether every sandbox that was started still starts or can be used.
  boolean isIntact() {
    return live.size() == all.size();
  }

  int starting() {
    return starting;
  }

  /// Return the sandboxes of which nothing is heard, in the order in which that was noticed.
  Collection<PoolSandbox> silent() {
    return silent;
  }

  /// Note that nothing is heard of a sandbox any more.
  void fellSilent(PoolSandbox sandbox) {
    sandbox.silent = true;
    silent.add(sandbox);
  }

  /// Note that a silent sandbox is heard again.
  void heard(PoolSandbox sandbox) {
    sandbox.silent = false;
    silent.remove(sandbox);
    out.emit(new RunEvent.SandboxHeard(sandbox.id));
  }

  /// Return whether every sandbox that was started is gone.
  boolean isEmpty() {
    return open == 0;
  }

  /// Return the seconds of work that the sandboxes of now will have done together by the time one
  /// that is started now can begin.
  double headStart(double startUp) {
    double seconds = 0;
    for (PoolSandbox sandbox : live) {
      double age = Estimates.seconds(out.now() - sandbox.startedAt);
      seconds += sandbox.state == State.READY ? startUp : Math.min(startUp, age);
    }
    return seconds;
  }

  int idleUnused() {
    return (int) idle.stream().filter(sandbox -> !sandbox.used).count();
  }

  /// Return whether another sandbox may be started at this moment.
  boolean canStart() {
    boolean free = live.size() + closingAlive < Math.min(rules.maxParallel(), quota);
    boolean scouting = failuresInARow > 0 && starting > 0;
    return imageReady && free && !scouting && canEverStart() && out.now() >= notBefore;
  }

  /// Note that there is something to start sandboxes from.
  void imageReady() {
    imageReady = true;
  }

  /// Return whether sandboxes may be started now or later.
  boolean canEverStart() {
    return fatal == null && spent < rules.startBudget() && !isHopeless();
  }

  private boolean isHopeless() {
    return !everReady && failuresInARow >= HOPELESS_STARTS;
  }

  boolean isFull() {
    return live.size() + closingAlive >= Math.min(rules.maxParallel(), quota);
  }

  /// Return why no sandbox can be started any more.
  String trouble() {
    if (fatal != null) {
      return "no sandbox can be started: " + fatal;
    }
    if (isHopeless()) {
      return "no sandbox can be started: " + spent + " tries failed; the last: " + lastTrouble;
    }
    return "sandboxes could not be started or were lost "
        + spent
        + " times, which is all this run allows; the last: "
        + lastTrouble;
  }

  void start() {
    PoolSandbox sandbox =
        new PoolSandbox(new SandboxId(++numbered), out.now(), rules.condemnAfter());
    all.put(sandbox.id, sandbox);
    live.add(sandbox);
    starting++;
    open++;
    out.add(new Action.StartSandbox(sandbox.id));
    out.emit(new RunEvent.SandboxStarting(sandbox.id));
  }

  void ready(PoolSandbox sandbox, String handle, String host) {
    if (sandbox.state != State.STARTING) {
      return;
    }
    if (!host.isEmpty()) {
      sandbox.host = hosts.computeIfAbsent(host, _ -> new Pace());
    }
    starting--;
    sandbox.state = State.READY;
    idle.add(sandbox);
    everReady = true;
    failuresInARow = 0;
    refusals = 0;
    estimates.measuredStartUp(Estimates.seconds(out.now() - sandbox.startedAt));
    out.emit(new RunEvent.SandboxReady(sandbox.id, handle));
  }

  /// Note that a sandbox began or ceased to wait for work.
  void changed(PoolSandbox sandbox) {
    if (sandbox.isIdle()) {
      idle.add(sandbox);
    } else {
      idle.remove(sandbox);
    }
  }

  void startFailed(PoolSandbox sandbox, StartFailure failure) {
    if (sandbox.state == State.GONE || (sandbox.state == State.READY)) {
      return;
    }
    boolean wasClosing = sandbox.state == State.CLOSING;
    leave(sandbox);
    gone(sandbox);
    if (!wasClosing) {
      take(sandbox, failure);
    }
  }

  /// Take the death of a sandbox that was still starting.
  void diedStarting(PoolSandbox sandbox, Death death) {
    sandbox.dead = true;
    close(sandbox);
    take(sandbox, new StartFailure.Failed("it died: " + death.inWords()));
  }

  private void take(PoolSandbox sandbox, StartFailure failure) {
    switch (failure) {
      case StartFailure.Failed(String reason) -> {
        out.emit(new RunEvent.SandboxStartFailed(sandbox.id, reason));
        spend(sandbox + " did not start: " + reason);
        backOff(sandbox);
      }
      case StartFailure.Unavailable(String reason, Duration retryAfter) -> {
        out.emit(new RunEvent.SandboxStartFailed(sandbox.id, reason));
        if (live.isEmpty()) {
          spend(sandbox + " did not start: " + reason);
        }
        quota = Math.max(1, live.size());
        refusals++;
        failuresInARow = Math.max(1, failuresInARow);
        waitUntil(out.now() + Math.max(SHORTEST_WAIT, retryAfter.toNanos()));
      }
      case StartFailure.Fatal(String reason) -> {
        String told = reason.equals(fatal) ? "for the same reason" : reason;
        out.emit(new RunEvent.SandboxStartFailed(sandbox.id, told));
        fatal = reason;
      }
    }
  }

  private void backOff(PoolSandbox sandbox) {
    if (sandbox.startedAt >= backingOffSince) {
      failuresInARow++;
      backingOffSince = out.now();
    }
    int doublings = Math.min(failuresInARow - 1, 10);
    waitUntil(out.now() + Math.min(LONGEST_BACK_OFF, FIRST_BACK_OFF << Math.max(0, doublings)));
  }

  private void waitUntil(long time) {
    if (time > notBefore) {
      notBefore = time;
      out.timer(new Timer.StartAgain(), time);
    }
  }

  /// Return whether a pause in starting sandboxes will end by itself.
  boolean isPausing() {
    return canEverStart() && out.now() < notBefore;
  }

  /// Return whether it is worth waiting for the end of that pause, though work could be done now in
  /// a worse place.
  boolean isPauseWorthIt() {
    return isPausing() && refusals < WORTHWHILE_REFUSALS;
  }

  void startAgain() {
    if (out.now() >= notBefore) {
      quota = Integer.MAX_VALUE;
    }
  }

  /// Note the loss of a sandbox that could be used.
  ///
  /// @param dead whether it is known to be dead, or only given up as lost
  /// @param spare whether all it had to do was done elsewhere, so that the loss costs nothing
  void lost(PoolSandbox sandbox, Death death, List<TestId> inFlight, boolean dead, boolean spare) {
    losses++;
    estimates.sandboxLost();
    if (!spare) {
      spend(sandbox + " died: " + death.inWords());
    }
    out.emit(new RunEvent.SandboxLost(sandbox.id, death, inFlight));
    sandbox.dead = dead;
    close(sandbox);
  }

  /// Return how many sandboxes that could be used were lost, in earlier parts of the run too.
  int losses() {
    return losses;
  }

  /// Note that a living sandbox is given up.
  void condemned(PoolSandbox sandbox, String reason) {
    spend(sandbox + " was given up: " + reason);
    close(sandbox);
  }

  private void spend(String trouble) {
    spent++;
    lastTrouble = trouble;
  }

  /// Close a sandbox, unless that was done.
  void close(PoolSandbox sandbox) {
    if (!sandbox.isLive()) {
      return;
    }
    leave(sandbox);
    sandbox.state = State.CLOSING;
    if (!sandbox.dead) {
      closingAlive++;
    }
    sandbox.closedBy = out.now() + rules.cancelGrace().toNanos();
    out.add(new Action.CloseSandbox(sandbox.id));
    out.timer(new Timer.Grace(sandbox.id), sandbox.closedBy);
  }

  private void leave(PoolSandbox sandbox) {
    if (sandbox.state == State.STARTING) {
      starting--;
    }
    live.remove(sandbox);
    idle.remove(sandbox);
    silent.remove(sandbox);
  }

  void closed(PoolSandbox sandbox, String problem) {
    if (sandbox.state != State.CLOSING) {
      return;
    }
    gone(sandbox);
    out.emit(new RunEvent.SandboxClosed(sandbox.id));
    if (!problem.isBlank()) {
      out.emit(
          new RunEvent.Degraded(
              "sandbox " + sandbox + " could not be closed; it may still run: " + problem));
    }
  }

  /// Stop waiting for the answer to a close when its time is over.
  void graceFired(PoolSandbox sandbox) {
    if (sandbox.state == State.CLOSING && sandbox.closedBy <= out.now()) {
      gone(sandbox);
      out.emit(
          new RunEvent.Degraded(
              "sandbox "
                  + sandbox
                  + " did not confirm its end within "
                  + Batches.inWords(rules.cancelGrace())
                  + "; it may still run"));
    }
  }

  private void gone(PoolSandbox sandbox) {
    if (sandbox.state == State.CLOSING && !sandbox.dead) {
      closingAlive--;
    }
    sandbox.state = State.GONE;
    open--;
  }
}
