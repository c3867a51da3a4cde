package dev.offload.engine.dispatch;

import dev.offload.engine.dispatch.Batch.Flight;
import dev.offload.engine.dispatch.Batch.Purpose;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Find what an idle sandbox could run a second time so that the run ends earlier: tests that have
/// not begun in a batch that ends late, or a test that is late itself.
final class Hedger {
  /// How long to wait before looking again: at first, and at most. In between it grows.
  private static final double FIRST_WAIT = 0.1;

  private static final double LONGEST_WAIT = 5;

  /// A copy that is made before a test is late must gain this part of its time at least.
  private static final double NOTABLE_GAIN = 0.25;

  /// From which pace on a sandbox is not given copies while there is other work.
  private static final double SLOW = 1.5;

  private final Suite suite;
  private final DispatchPlan.Rules rules;
  private final TestLedger ledger;
  private final Estimates estimates;
  private final Outbox out;
  private long nextCheck = Long.MIN_VALUE;
  private long nextCritical = Long.MIN_VALUE;
  private double wait = FIRST_WAIT;
  private boolean unsteady;

  Hedger(
      Suite suite, DispatchPlan.Rules rules, TestLedger ledger, Estimates estimates, Outbox out) {
    this.suite = suite;
    this.rules = rules;
    this.ledger = ledger;
    this.estimates = estimates;
    this.out = out;
  }

  /// A copy worth making.
  ///
  /// @param finish seconds from now until the originals are expected to be done
  private record Copy(List<Integer> tests, double finish) {}

  /// Return the tests which an idle sandbox should run a second time, in collection order; empty
  /// when that would not help.
  ///
  /// @param unsteady whether tests are copied before they are late, because sandboxes are lost or
  ///   slow
  int[] copyFor(PoolSandbox idle, Collection<Batch> running, boolean unsteady) {
    this.unsteady = unsteady;
    if (!rules.hedging()) {
      return new int[0];
    }
    @Nullable Copy best = null;
    for (Batch batch : running) {
      if (batch.purpose != Purpose.PROBE
          && batch.cancelling == null
          && !suite.isRestricted(batch.tests[0])) {
        Copy copy = copyOf(batch, idle);
        if (copy != null && (best == null || copy.finish() > best.finish())) {
          best = copy;
        }
      }
    }
    return best == null
        ? new int[0]
        : best.tests().stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  /// Return the longest late test that would end the run late if its copy waited for the queue to
  /// empty, or -1.
  ///
  /// @param share the seconds until the queue is expected to be empty
  int criticalFor(PoolSandbox idle, Collection<Batch> running, double share) {
    int longest = -1;
    boolean possible = rules.hedging() && share < estimates.longestKnown();
    if (possible && out.now() >= nextCritical && idle.isProven() && idle.pace() < SLOW) {
      for (Batch batch : running) {
        for (Flight flight : batch.flights()) {
          if (isCritical(batch, flight, share)
              && !ledger.hasFailedIn(flight.test(), idle)
              && (longest < 0 || estimates.work(flight.test()) > estimates.work(longest))) {
            longest = flight.test();
          }
        }
      }
      nextCritical = longest < 0 ? out.now() + (long) (FIRST_WAIT * 1e9) : nextCritical;
    }
    return longest;
  }

  /// Return the tests of one silent sandbox which another should run at once, in collection order;
  /// empty when there are none for it.
  ///
  /// @param silent the sandboxes of which nothing is heard
  /// @param hands how many sandboxes can share them
  /// @param least the seconds of work below which a batch is hardly worth its cost
  int[] rescueFor(PoolSandbox idle, Collection<PoolSandbox> silent, int hands, double least) {
    for (PoolSandbox sandbox : silent) {
      List<Integer> tests = new ArrayList<>(rescuable(sandbox));
      tests.removeIf(test -> ledger.hasFailedIn(test, idle));
      double work = 0;
      for (int test : tests) {
        work += estimates.work(test);
      }
      double share = Math.max(least, work / Math.max(1, hands));
      int count = 0;
      for (double taken = 0; count < tests.size() && (count == 0 || taken < share); count++) {
        taken += estimates.work(tests.get(count));
      }
      if (count > 0) {
        return tests.subList(0, count).stream().mapToInt(Integer::intValue).sorted().toArray();
      }
    }
    return new int[0];
  }

  /// Return whether any test of a silent sandbox waits for another sandbox.
  boolean isRescueWanted(Collection<PoolSandbox> silent) {
    return silent.stream().anyMatch(sandbox -> !rescuable(sandbox).isEmpty());
  }

  /// Return the tests of a silent sandbox that no other has, those in flight first.
  private List<Integer> rescuable(PoolSandbox silent) {
    Batch batch = silent.batch;
    if (!rules.hedging()
        || batch == null
        || batch.purpose == Purpose.PROBE
        || batch.cancelling != null
        || suite.isRestricted(batch.tests[0])) {
      return List.of();
    }
    List<Integer> tests = new ArrayList<>();
    batch.flights().forEach(flight -> tests.add(flight.test()));
    tests.addAll(batch.waiting());
    tests.removeIf(test -> !ledger.mayRescue(test));
    return tests;
  }

  private boolean isCritical(Batch batch, Flight flight, double share) {
    return estimates.isKnown(flight.test())
        && estimates.work(flight.test()) > share
        && isLate(flight)
        && batch.cancelling == null
        && batch.purpose != Purpose.PROBE
        && !suite.isRestricted(flight.test())
        && ledger.isSingle(flight.test());
  }

  /// Look again after a while, as long as something runs that may turn out late.
  void checkLater(Collection<Batch> running) {
    if (!rules.hedging() || nextCheck > out.now()) {
      return;
    }
    wait = Math.min(LONGEST_WAIT, wait * 1.3);
    long next = out.now() + (long) (wait * 1e9);
    for (Batch batch : running) {
      for (Flight flight : batch.flights()) {
        long late = flight.startedAt() + (long) (lateAfter(flight) * 1e9) + 1;
        if (late > out.now()
            && (ledger.isSingle(flight.test()) || ledger.mayCopyOnceMore(batch, flight.test()))) {
          next = Math.min(next, late);
        }
      }
    }
    nextCheck = Math.max(next, out.now() + (long) (FIRST_WAIT * 1e8));
    out.timer(new Message.Timer.HedgeCheck(), nextCheck);
  }

  /// Note that a copy was made or a sandbox became idle: look more often again.
  void stirred() {
    wait = FIRST_WAIT;
  }

  private @Nullable Copy copyOf(Batch batch, PoolSandbox idle) {
    double pace = batch.sandbox.pace();
    double idlePace = idle.pace();
    double current = batch.sawTest ? 0 : Math.max(0, estimates.overhead() - age(batch.startedAt));
    for (Flight flight : batch.flights()) {
      current = Math.max(current, left(flight, pace));
    }
    List<Integer> waiting =
        batch.waiting().stream().filter(test -> ledger.isResponsible(batch, test)).toList();
    double finish = current;
    for (int test : waiting) {
      finish += estimates.work(test) * pace;
    }
    List<Integer> stolen = steal(waiting, finish, pace, idle);
    if (!stolen.isEmpty()) {
      return new Copy(stolen, finish);
    }
    for (Flight flight : batch.flights()) {
      if (mayCopy(batch, flight)
          && !ledger.hasFailedIn(flight.test(), idle)
          && isWorthCopying(flight, pace, idlePace)) {
        return new Copy(List.of(flight.test()), finish);
      }
    }
    return null;
  }

  /// Choose waiting tests from the end of a batch, as long as the copy would be done with each
  /// before the original; none that failed in the sandbox that would run it.
  private List<Integer> steal(List<Integer> waiting, double finish, double pace, PoolSandbox idle) {
    double idlePace = idle.pace();
    List<Integer> stolen = new ArrayList<>();
    double originalDone = finish;
    double copyDone = estimates.overhead();
    for (int test : waiting.reversed()) {
      double work = estimates.work(test);
      if (ledger.canMove(test) && !ledger.hasFailedIn(test, idle)) {
        if (copyDone + work * idlePace >= originalDone) {
          break;
        }
        copyDone += work * idlePace;
        stolen.add(test);
      }
      originalDone -= work * pace;
    }
    return stolen;
  }

  /// Whether a test has no copy, or one that is late too.
  private boolean mayCopy(Batch batch, Flight flight) {
    return ledger.isSingle(flight.test())
        || (isLate(flight) && ledger.mayCopyOnceMore(batch, flight.test()));
  }

  private boolean isWorthCopying(Flight flight, double pace, double idlePace) {
    double copy = estimates.overhead() + estimates.work(flight.test()) * idlePace;
    boolean mayPrevent = !ledger.isRetry(flight.test());
    return isLate(flight)
        || (mayPrevent && left(flight, pace) > 1.5 * copy)
        || (mayPrevent && isInDanger(flight, copy));
  }

  /// Whether a test may well be lost, or be in a slow sandbox, so that a copy of it pays before
  /// that is seen.
  private boolean isInDanger(Flight flight, double copy) {
    double noticed = Math.max(lateAfter(flight) - age(flight.startedAt()), 0);
    return unsteady && noticed > NOTABLE_GAIN * copy;
  }

  private boolean isLate(Flight flight) {
    return age(flight.startedAt()) > lateAfter(flight);
  }

  private double lateAfter(Flight flight) {
    double limit = rules.hedgeAfter() * estimates.unsurprising(flight.test());
    return Math.max(limit, estimates.overhead());
  }

  /// Return the seconds a test in flight is expected to need; one that is overdue is expected to
  /// need as long again.
  double left(Flight flight, double pace) {
    double age = age(flight.startedAt());
    double left = estimates.work(flight.test()) * pace - age;
    return left > 0 ? left : isLate(flight) ? age : 0;
  }

  private double age(long since) {
    return Estimates.seconds(out.now() - since);
  }
}
