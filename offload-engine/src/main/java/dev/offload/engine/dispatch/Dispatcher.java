package dev.offload.engine.dispatch;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.Batch.Cancelling;
import dev.offload.engine.dispatch.Batch.Flight;
import dev.offload.engine.dispatch.Batch.Purpose;
import dev.offload.engine.dispatch.Message.Timer;
import dev.offload.engine.dispatch.PoolSandbox.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Hand tests to sandboxes and judge what comes back, until every test has its verdict.
///
/// A pure state machine: it has no thread, no clock, no input or output and no randomness. The same
/// messages at the same times always give the same actions. Not safe for use by several threads.
public final class Dispatcher {
  private static final String FAIL_FAST = "stopped after the first failure (--fail-fast)";

  /// A batch should not have less work than this many times what it costs beside its tests.
  private static final double LEAST_OVERHEADS = 4;

  /// From which likelihood of a loss on, and from which pace on, a run is unsteady.
  private static final double NOTABLE_RISK = 0.01;

  private static final double NOTABLY_SLOW = 2;

  private final DispatchPlan.Rules rules;
  private final Suite suite;
  private final Outbox out = new Outbox();
  private final Estimates estimates;
  private final WorkQueue queue;
  private final TestLedger ledger;
  private final Standings standings;
  private final SandboxPool pool;
  private final Batches batches;
  private final Hedger hedger;
  private final Staffing staffing;
  private double lastDeal;
  private boolean changed;
  private boolean listing = true;
  private boolean ending;
  private String endReason = "";
  private boolean finished;

  /// Make a dispatcher that waits for [Message.Begin].
  public Dispatcher(DispatchPlan plan) {
    rules = plan.rules();
    suite = new Suite(plan);
    estimates = new Estimates(suite.tests(), rules.costs());
    queue = new WorkQueue(suite, estimates, rules.maxCommandLength());
    ledger = new TestLedger(suite, rules.maxParallel() == 1, queue, out);
    standings = new Standings(plan, queue, ledger, estimates);
    pool = new SandboxPool(plan, out, estimates);
    batches = new Batches(plan, out, ledger, queue, estimates, standings);
    hedger = new Hedger(suite, rules, ledger, estimates, out);
    staffing = new Staffing(suite, plan.foreseen(), queue, pool, batches, hedger, estimates);
  }

  /// Take one message and return what is to be done, in order. After [Action.Finish] the answer is
  /// always empty.
  ///
  /// @param now the time; when it is before that of an earlier message, that one's is used
  public List<Action> step(Message message, Instant now) {
    if (finished) {
      return List.of();
    }
    if (message instanceof Message.Begin(Instant runStarted)) {
      out.begin(runStarted, now);
      changed = true;
    }
    out.at(now);
    take(message);
    proceed();
    return out.take();
  }

  /// Return what is known by now of costs beside the tests.
  public DispatchPlan.Costs learned() {
    return estimates.costs();
  }

  private void take(Message message) {
    switch (message) {
      case Message.Begin _ -> {}
      case Message.ImageReady _ -> {
        pool.imageReady();
        changed = true;
      }
      case Message.TestsFound(var tests, boolean certain) -> found(tests, certain);
      case Message.TestsWithdrawn(var tests) -> {
        ledger.withdraw(tests);
        standings.withdraw(tests);
        changed = true;
      }
      case Message.DiscoveryEnded _ -> {
        discovered();
        out.emit(new RunEvent.DiscoveryEnded());
      }
      case Message.SandboxReady(var id, String handle, String host) ->
          ready(pool.get(id), handle, host);
      case Message.SandboxStartFailed(var id, var failure) -> {
        PoolSandbox sandbox = pool.get(id);
        if (sandbox != null) {
          pool.startFailed(sandbox, failure);
          changed = true;
        }
      }
      case Message.SandboxDied(var id, Death death) -> died(pool.get(id), death);
      case Message.TestStarted(var id, var batchId, int test) -> {
        Batch batch = batches.expecting(id, batchId, test);
        if (batch != null) {
          heard(batch.sandbox);
          batches.testStarted(batch, test);
        }
      }
      case Message.TestFinished(var id, var batchId, int test, var report) -> {
        Batch batch = batches.expecting(id, batchId, test);
        if (batch != null) {
          heard(batch.sandbox);
          changed |= batches.testFinished(batch, test, report);
        }
      }
      case Message.SplitWanted(var id, var batchId) -> {
        Batch batch = batches.running(id, batchId);
        if (batch != null) {
          batch.splitWanted = true;
        }
      }
      case Message.BatchEnded(var id, var batchId, var end) ->
          ended(batches.running(id, batchId), end);
      case Message.SandboxClosed(var id, String problem) -> {
        PoolSandbox sandbox = pool.get(id);
        if (sandbox != null) {
          pool.closed(sandbox, problem);
          changed = true;
        }
      }
      case Message.SandboxSuspected(var id, String reason) -> {
        PoolSandbox sandbox = pool.get(id);
        if (sandbox != null && sandbox.isLive()) {
          suspect(sandbox, reason);
        }
      }
      case Message.SandboxHeard(var id) -> {
        PoolSandbox sandbox = pool.get(id);
        if (sandbox != null && sandbox.isLive()) {
          heard(sandbox);
        }
      }
      case Message.TimerFired(Timer timer) -> fired(timer);
      case Message.Cancel(String reason) -> {
        discovered();
        if (!ending) {
          end(reason);
          List.copyOf(pool.live()).forEach(this::abandon);
        }
      }
    }
  }

  private void found(List<DispatchPlan.PlannedTest> tests, boolean certain) {
    suite.add(tests);
    estimates.add(suite.tests());
    queue.add();
    ledger.add(certain || !listing);
    if (ending) {
      ledger.decideRest(endReason);
    }
    changed = true;
  }

  /// No more tests are waited for.
  private void discovered() {
    listing = false;
    ledger.makeCertain();
    changed = true;
  }

  private void ready(@Nullable PoolSandbox sandbox, String handle, String host) {
    if (sandbox != null) {
      pool.ready(sandbox, handle, host);
      changed = true;
    }
  }

  private void died(@Nullable PoolSandbox sandbox, Death death) {
    if (sandbox == null) {
      return;
    }
    if (sandbox.state == State.STARTING) {
      pool.diedStarting(sandbox, death);
      changed = true;
    } else if (sandbox.state == State.READY) {
      lose(sandbox, death, true);
    }
  }

  /// Have the tests of a silent sandbox run elsewhere. It keeps them: whoever passes one first
  /// counts.
  private void suspect(PoolSandbox sandbox, String reason) {
    out.emit(new RunEvent.SandboxSuspected(sandbox.id, reason));
    if (sandbox.batch != null && !sandbox.silent) {
      pool.fellSilent(sandbox);
      changed = true;
    }
  }

  private void heard(PoolSandbox sandbox) {
    if (sandbox.silent) {
      pool.heard(sandbox);
      if (sandbox.batch != null && sandbox.batch.isSuperfluous()) {
        batches.cancel(sandbox.batch, Cancelling.NOT_NEEDED);
      }
    }
  }

  private void lose(PoolSandbox sandbox, Death death, boolean dead) {
    Batch batch = sandbox.batch;
    List<Flight> flights = batch == null ? List.of() : batch.flights();
    boolean spare = batch == null ? suite.size() == 0 : batch.isSuperfluous();
    List<TestId> inFlight = flights.stream().map(flight -> ledger.id(flight.test())).toList();
    pool.lost(sandbox, death, inFlight, dead, spare);
    if (batch != null) {
      batches.died(batch);
      loseTests(batch, flights, death);
    }
    voidDoubts(sandbox, "it died after it had failed tests: " + death.inWords());
    changed = true;
  }

  private void loseTests(Batch batch, List<Flight> flights, Death death) {
    for (Flight flight : flights) {
      if (flights.size() == 1 && batch.isStale(flight)) {
        ledger.takeBack(batch, flight, "its end was not told before its sandbox died");
      } else {
        ledger.diedInFlight(batch, flight, death, flights.size() == 1, pool.losses());
      }
    }
    for (int test : batch.purpose == Purpose.PROBE ? List.<Integer>of() : batch.waiting()) {
      if (batch.sawTest) {
        ledger.returnWaiting(batch, test);
      } else {
        ledger.returnFromSilentDeath(batch, test, pool.losses());
      }
    }
  }

  private void voidDoubts(PoolSandbox sandbox, String reason) {
    if (!sandbox.doubts.isEmpty()) {
      List<TestId> rejudged = ledger.voidDoubts(sandbox);
      out.emit(new RunEvent.SandboxCondemned(sandbox.id, reason, rejudged));
    }
  }

  /// Give a living sandbox up for what it did to tests.
  private void condemn(PoolSandbox sandbox, String reason) {
    List<TestId> rejudged = ledger.voidDoubts(sandbox);
    out.emit(new RunEvent.SandboxCondemned(sandbox.id, reason, rejudged));
    if (sandbox.batch != null) {
      batches.abandon(sandbox.batch, "its sandbox was given up");
    }
    pool.condemned(sandbox, reason);
    changed = true;
  }

  private void ended(@Nullable Batch batch, Message.BatchEnd end) {
    if (batch == null) {
      return;
    }
    PoolSandbox sandbox = batch.sandbox;
    heard(sandbox);
    batches.ended(batch, end);
    pool.changed(sandbox);
    changed = true;
    String hopeless = standings.hopeless();
    if (ending) {
      return;
    }
    if (!hopeless.isEmpty() && ledger.isCertain()) {
      end(hopeless);
    } else if (batch.purpose == Purpose.PROBE && !batch.probePassed) {
      if (standings.probeFailed(sandbox, batch.tests[0])) {
        condemn(sandbox, "it fails what passes elsewhere: " + inWords(sandbox.failedProbes));
      }
    } else if (sandbox.emptyEnds >= rules.condemnAfter()) {
      condemn(sandbox, sandbox.emptyEnds + " batches in a row ended in it before their first test");
    }
  }

  private String inWords(Collection<Integer> tests) {
    return tests.stream().map(test -> ledger.id(test).value()).collect(Collectors.joining(", "));
  }

  private void fired(Timer timer) {
    switch (timer) {
      case Timer.TestTimeout(var batch, int _) -> batches.timeoutFired(batch);
      case Timer.BatchStall(var batch, long _) -> batches.stallFired(batch);
      case Timer.StartAgain() -> {
        pool.startAgain();
        changed = true;
      }
      case Timer.HedgeCheck() -> changed = true;
      case Timer.Grace(var id) -> {
        PoolSandbox sandbox = pool.get(id);
        if (sandbox != null) {
          graceFired(sandbox);
        }
      }
    }
  }

  private void graceFired(PoolSandbox sandbox) {
    pool.graceFired(sandbox);
    changed = true;
    Batch batch = sandbox.batch;
    if (sandbox.state == State.READY
        && batch != null
        && batch.cancelling != null
        && batch.answerBy <= out.now()) {
      String limit = Batches.inWords(rules.cancelGrace());
      lose(
          sandbox,
          Death.of(Death.Cause.LOST, "it did not end a cancelled command in " + limit),
          false);
    }
  }

  /// Do what follows from the message: stop what nobody needs, hand out work, or wind down.
  private void proceed() {
    cancelSuperfluous();
    endIfDone();
    while (!ending && changed) {
      changed = false;
      handOut();
      endIfDone();
    }
    if (ending) {
      windDown();
    }
  }

  private void endIfDone() {
    if (!ending && rules.failFast() && ledger.holdsFailure()) {
      settleForFailFast();
    }
    if (!ending && rules.failFast() && ledger.hasFailed()) {
      end(FAIL_FAST);
    }
    ending |= !listing && ledger.undecided() == 0;
  }

  private void cancelSuperfluous() {
    for (Batch batch = ledger.pollSuperfluous(); batch != null; batch = ledger.pollSuperfluous()) {
      if (batch.sandbox.batch == batch && batch.isSuperfluous()) {
        if (!batch.sandbox.silent) {
          batches.cancel(batch, Cancelling.NOT_NEEDED);
        } else if (queue.size() > 0) {
          // Nobody waits for it, and another in its place would have work.
          String reason = "no sign of life, and its tests ended elsewhere";
          lose(batch.sandbox, Death.of(Death.Cause.LOST, reason), false);
        }
      }
    }
  }

  private void handOut() {
    startWanted();
    for (PoolSandbox sandbox : pool.idle()) {
      if (!ending && sandbox.isIdle()) {
        employ(sandbox);
      }
    }
    cancelSuperfluous();
    startWanted();
    if (!ending && ledger.undecided() > 0) {
      hedge();
      if (batches.running().isEmpty() && pool.starting() == 0) {
        unstick();
      }
    }
  }

  private void startWanted() {
    while (pool.canStart() && staffing.isAnotherWanted()) {
      pool.start();
    }
    replaceForSuspects();
  }

  /// When no sandbox may be added for a suspect, let one go that has done its part.
  private void replaceForSuspects() {
    int missing = queue.suspects() - pool.starting() - pool.idleUnused();
    if (missing <= 0 || !pool.isFull() || !pool.canEverStart()) {
      return;
    }
    for (PoolSandbox sandbox : pool.idle()) {
      if (missing > 0 && sandbox.used) {
        settle(sandbox);
        if (sandbox.isIdle() && sandbox.doubts.isEmpty()) {
          pool.close(sandbox);
          missing--;
        }
      }
    }
  }

  private void employ(PoolSandbox sandbox) {
    if (!sandbox.used && queue.suspects() > 0) {
      run(sandbox, new int[] {queue.takeSuspect(false)});
      return;
    }
    if (standings.isInDoubt(sandbox)
        || !sandbox.failedProbes.isEmpty()
        || (sandbox.askedElsewhere && sandbox.passes == 0)) {
      int probe = standings.probe(sandbox);
      if (probe >= 0) {
        startProbe(sandbox, probe);
        return;
      }
      if (standings.canCompare(sandbox) || othersMayTell(sandbox)) {
        return;
      }
    }
    int[] rescued = isFrozen() ? new int[0] : rescue(sandbox);
    if (rescued.length > 0) {
      startCopy(sandbox, rescued);
      return;
    }
    int critical = queue.ready() == 0 || isFrozen() ? -1 : critical(sandbox);
    if (critical >= 0) {
      startCopy(sandbox, new int[] {critical});
      return;
    }
    int[] tests =
        isFrozen()
            ? new int[0]
            : queue.carve(asking(sandbox, failedIn -> mayJudge(sandbox, failedIn)));
    if (tests.length > 0) {
      run(sandbox, tests);
    } else {
      settle(sandbox);
    }
  }

  private int[] rescue(PoolSandbox sandbox) {
    int hands = pool.live().size() - pool.silent().size();
    double least = LEAST_OVERHEADS * estimates.expense() / sandbox.pace();
    return hedger.rescueFor(sandbox, pool.silent(), hands, least);
  }

  private int critical(PoolSandbox sandbox) {
    double share = queue.work() / Math.max(1, pool.live().size());
    return hedger.criticalFor(sandbox, batches.running(), share);
  }

  private void startCopy(PoolSandbox sandbox, int[] tests) {
    batches.start(sandbox, Purpose.HEDGE, tests);
    hedger.stirred();
    pool.changed(sandbox);
  }

  /// Whether nothing may be handed out because a failure that would end the run is in doubt.
  private boolean isFrozen() {
    return rules.failFast() && ledger.holdsFailure();
  }

  private boolean othersMayTell(PoolSandbox sandbox) {
    return pool.live().stream()
        .anyMatch(other ->
            other != sandbox
                && (other.state == State.STARTING || (other.batch != null && !other.told)));
  }

  private WorkQueue.Asking asking(PoolSandbox sandbox, IntPredicate mayJudge) {
    double pace = sandbox.pace();
    return new WorkQueue.Asking(
        mayJudge,
        target() / pace,
        LEAST_OVERHEADS * estimates.expense() / pace,
        1.0 / Math.max(1, pool.live().size()),
        queue.work() / Math.max(1, pool.live().size()),
        pace,
        sandbox.isTried(),
        !batches.running().isEmpty() || pool.starting() > 0);
  }

  /// Return the seconds of work the next batch should have: half of an even share while that is
  /// long against what a batch costs; then the rest is dealt out in equal batches, one for each
  /// sandbox. A single sandbox gets everything: there is nothing to balance.
  private double target() {
    if (rules.maxParallel() == 1) {
      return Double.MAX_VALUE;
    }
    double least = LEAST_OVERHEADS * estimates.expense();
    double share = queue.work() / Math.max(1, pool.live().size());
    if (share >= 1.5 * least) {
      lastDeal = 0;
      return Math.max(least, share / 2);
    }
    if (lastDeal == 0) {
      lastDeal = Math.max(share, estimates.expense());
    }
    return Math.max(share, lastDeal);
  }

  /// Whether a sandbox may run a test again that failed in another: unless there is a better judge,
  /// one that passes tests or, where this one only fails them, one of which nothing is known.
  private boolean mayJudge(PoolSandbox sandbox, int failedIn) {
    if (sandbox.id.number() == failedIn) {
      return false;
    }
    boolean onlyFails = sandbox.told && sandbox.passes == 0;
    return sandbox.isProven()
        || pool.live().stream()
            .filter(other -> other != sandbox)
            .filter(other -> onlyFails || other.id.number() != failedIn)
            .noneMatch(other -> other.isProven() || (onlyFails && isUntold(other)));
  }

  private static boolean isUntold(PoolSandbox sandbox) {
    return sandbox.state == State.READY && !sandbox.told;
  }

  private void run(PoolSandbox sandbox, int[] tests) {
    batches.start(sandbox, Purpose.WORK, tests);
    pool.changed(sandbox);
  }

  private void startProbe(PoolSandbox sandbox, int test) {
    batches.start(sandbox, Purpose.PROBE, new int[] {test});
    pool.changed(sandbox);
  }

  /// Find out whether the failures of an idle sandbox count.
  private void settle(PoolSandbox sandbox) {
    if (sandbox.doubts.isEmpty()) {
      return;
    }
    int probe = standings.probe(sandbox);
    if (sandbox.passes > 0 && !standings.isInDoubt(sandbox)) {
      ledger.confirm(sandbox);
    } else if (probe >= 0) {
      startProbe(sandbox, probe);
    } else if (isFrozen()
        ? !standings.canCompare(sandbox) && !othersMayTell(sandbox)
        : isAllButOver()) {
      askElsewhereOrConfirm(sandbox);
    }
  }

  private boolean isAllButOver() {
    return !listing && batches.running().isEmpty() && pool.starting() == 0 && queue.size() == 0;
  }

  /// Nothing passed in any other sandbox: have the failures judged by one that has said nothing
  /// yet, once, or hold them against the tests.
  private void askElsewhereOrConfirm(PoolSandbox sandbox) {
    boolean canAsk = pool.live().stream().anyMatch(other -> other != sandbox && isUntold(other));
    if (canAsk && sandbox.passes == 0 && !sandbox.askedElsewhere) {
      sandbox.askedElsewhere = true;
      voidDoubts(sandbox, "nothing passed in it, and another sandbox has not run a test yet");
      changed = true;
    } else {
      ledger.confirmByDefault(sandbox);
    }
  }

  private void settleForFailFast() {
    for (PoolSandbox sandbox : List.copyOf(pool.live())) {
      if (sandbox.doubts.isEmpty() || sandbox.batch == null) {
        continue;
      }
      if (sandbox.passes > 0 && !standings.isInDoubt(sandbox)) {
        ledger.confirm(sandbox);
      } else if (standings.canCompare(sandbox)) {
        if (sandbox.batch.purpose != Purpose.PROBE) {
          batches.cancel(sandbox.batch, Cancelling.DOUBT);
        }
      } else if (!othersMayTell(sandbox)) {
        askElsewhereOrConfirm(sandbox);
      }
    }
  }

  /// Whether sandboxes were seen to be lost, or much slower than others.
  private boolean isUnsteady() {
    return estimates.lossRate() >= NOTABLE_RISK
        || pool.live().stream().anyMatch(sandbox -> sandbox.pace() >= NOTABLY_SLOW);
  }

  private void hedge() {
    if (queue.ready() + queue.suspects() > 0
        || isFrozen()
        || !pool.hasIdle()
        || batches.running().isEmpty()) {
      return;
    }
    for (PoolSandbox sandbox : pool.idle()) {
      if (standings.isInDoubt(sandbox) || !sandbox.doubts.isEmpty()) {
        continue;
      }
      int[] copy = hedger.copyFor(sandbox, batches.running(), isUnsteady());
      if (copy.length == 0) {
        break;
      }
      startCopy(sandbox, copy);
    }
    if (pool.hasIdle()) {
      hedger.checkLater(batches.running());
    }
  }

  /// Nothing runs and nothing starts: hand out what was held back, or end.
  private void unstick() {
    for (PoolSandbox sandbox : pool.idle()) {
      settle(sandbox);
    }
    if (queue.size() == 0 || !batches.running().isEmpty()) {
      return;
    }
    if (pool.canStart()) {
      pool.start();
      return;
    }
    if (pool.isPauseWorthIt() || (pool.isPausing() && pool.live().isEmpty())) {
      return;
    }
    for (PoolSandbox sandbox : pool.idle()) {
      int[] tests = sandbox.passes == 0 ? new int[0] : carveFromOthers(sandbox);
      if (tests.length > 0) {
        run(sandbox, tests);
      }
    }
    for (PoolSandbox sandbox : pool.idle()) {
      if (sandbox.isIdle() && batches.running().isEmpty()) {
        int[] tests = queue.carve(asking(sandbox, _ -> true));
        if (tests.length > 0) {
          run(sandbox, tests);
        }
      }
    }
    if (batches.running().isEmpty() && pool.hasIdle() && queue.suspects() > 0) {
      int suspect = queue.takeSuspect(true);
      if (suspect >= 0) {
        runSuspectInUsedSandbox(suspect);
      }
    }
    if (batches.running().isEmpty()) {
      makeRoomForFresh();
    }
  }

  /// Nothing can be handed out but tests that want a fresh sandbox: let the used ones go, or end
  /// when there will be no other.
  private void makeRoomForFresh() {
    if (!pool.canEverStart()) {
      end(pool.trouble());
      return;
    }
    for (PoolSandbox sandbox : pool.idle()) {
      if (pool.isFull() && sandbox.used && !sandbox.doubts.isEmpty()) {
        askElsewhereOrConfirm(sandbox);
        changed = true;
      }
    }
  }

  private void runSuspectInUsedSandbox(int suspect) {
    List<PoolSandbox> idle = pool.idle();
    PoolSandbox place =
        idle.stream()
            .filter(sandbox -> !ledger.hasFailedIn(suspect, sandbox))
            .findFirst()
            .orElse(idle.getFirst());
    run(place, new int[] {suspect});
  }

  private int[] carveFromOthers(PoolSandbox sandbox) {
    return queue.carve(asking(sandbox, failedIn -> failedIn != sandbox.id.number()));
  }

  /// Decide everything; what is not judged yet is not run.
  private void end(String reason) {
    ending = true;
    endReason = reason;
    for (PoolSandbox sandbox : List.copyOf(pool.live())) {
      if (sandbox.passes > 0 || !standings.canCompare(sandbox)) {
        ledger.confirmByDefault(sandbox);
      } else {
        voidDoubts(sandbox, "nothing passed in it");
      }
    }
    ledger.decideRest(reason);
    cancelSuperfluous();
  }

  private void abandon(PoolSandbox sandbox) {
    if (sandbox.batch != null) {
      batches.abandon(sandbox.batch, "cancelled: the run stops");
    }
    pool.close(sandbox);
  }

  private void windDown() {
    for (PoolSandbox sandbox : new ArrayList<>(pool.live())) {
      if (sandbox.batch == null) {
        pool.close(sandbox);
      } else if (sandbox.silent) {
        abandon(sandbox);
      } else if (!sandbox.batch.isComplete()) {
        batches.cancel(sandbox.batch, Cancelling.STOP);
      }
    }
    if (pool.isEmpty() && !listing) {
      finished = true;
      out.add(new Action.Finish());
    }
  }
}
