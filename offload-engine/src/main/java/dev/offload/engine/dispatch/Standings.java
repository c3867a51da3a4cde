package dev.offload.engine.dispatch;

import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.engine.dispatch.Batch.Flight;
import dev.offload.engine.dispatch.Batch.Purpose;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Own the comparison between sandboxes: which of them pass tests, which only fail them, and
/// whether commands can be run at all.
final class Standings {
  /// How many batches in a row, all over the run, may end before their first test: when no test of
  /// the run ever began, and when some did.
  private static final int EMPTY_FROM_THE_START = 4;

  private static final int EMPTY_LATER = 20;

  /// How many tests that passed elsewhere a sandbox fails before it is condemned, if there are so
  /// many.
  private static final int PROBES = 2;

  private final WorkQueue queue;
  private final DispatchPlan.Rules rules;
  private final TestLedger ledger;
  private final Estimates estimates;
  private final Set<PoolSandbox> emptyIn = new HashSet<>();
  private boolean anyBegan;
  private int emptyEnds;
  private String emptyEvidence = "";
  private final ProbeTests probes = new ProbeTests();

  Standings(DispatchPlan plan, WorkQueue queue, TestLedger ledger, Estimates estimates) {
    this.queue = queue;
    this.rules = plan.rules();
    this.ledger = ledger;
    this.estimates = estimates;
  }

  void began() {
    anyBegan = true;
    emptyEnds = 0;
    emptyIn.clear();
  }

  /// Take what a sandbox said of a test.
  ///
  /// @return whether others may wait for this: it is the first of its kind
  boolean heard(Batch batch, int test, AttemptReport report, Flight flight) {
    PoolSandbox sandbox = batch.sandbox;
    boolean news = !sandbox.told || !probes.areForAll();
    sandbox.told |= report.outcome() != Outcome.SKIPPED;
    if (report.outcome() == Outcome.PASSED) {
      news |= !sandbox.doubts.isEmpty();
      double seconds = Estimates.seconds(report.duration().toNanos());
      if (batch.purpose == Purpose.PROBE) {
        batch.probePassed = true;
        sandbox.patience *= 2;
      } else {
        learn(sandbox, test, seconds, flight);
      }
      passed(sandbox, test, seconds);
    }
    return news;
  }

  private void learn(PoolSandbox sandbox, int test, double seconds, Flight flight) {
    if (estimates.isKnown(test)) {
      sandbox.passed(estimates.work(test), seconds);
    }
    if (flight.attempt() > 0) {
      estimates.measured(test, seconds);
    }
  }

  private void passed(PoolSandbox sandbox, int test, double seconds) {
    sandbox.passes++;
    sandbox.streak = 0;
    ledger.confirm(sandbox);
    sandbox.failedProbes.clear();
    if (!queue.wantsFresh(test)) {
      probes.passed(test, sandbox, seconds, ledger.isRetry(test));
    } // else it cannot be run again for comparison
  }

  /// Forget tests that are not there: nothing can be compared by them.
  void withdraw(List<Integer> tests) {
    probes.withdraw(tests);
  }

  void abnormal(PoolSandbox sandbox) {
    sandbox.streak++;
  }

  void empty(PoolSandbox sandbox, String evidence) {
    emptyEnds++;
    emptyIn.add(sandbox);
    emptyEvidence = evidence;
  }

  /// Return why no command of this run can be expected to reach a test, or empty.
  String hopeless() {
    boolean everywhere = emptyIn.size() > 1 || rules.maxParallel() == 1;
    int limit = anyBegan ? EMPTY_LATER : EMPTY_FROM_THE_START;
    return everywhere && emptyEnds >= limit
        ? emptyEnds + " batches in a row ended before their first test; the last: " + emptyEvidence
        : "";
  }

  /// Return whether a sandbox has failed so often in a row that it must prove itself.
  boolean isInDoubt(PoolSandbox sandbox) {
    return rules.maxParallel() > 1 && sandbox.streak >= sandbox.patience;
  }

  /// Return whether a test passed in another sandbox, with which this one can be compared now or
  /// once there is room for it.
  boolean canCompare(PoolSandbox sandbox) {
    return probes.best(sandbox, _ -> true) >= 0;
  }

  /// Return a test that passed in another sandbox and may run now, or -1.
  int probe(PoolSandbox sandbox) {
    return probes.best(sandbox, queue::hasRoom);
  }

  /// Note that a sandbox failed a test that passed elsewhere.
  ///
  /// @return whether that condemns it: one such test may fail by itself, another may not
  boolean probeFailed(PoolSandbox sandbox, int test) {
    sandbox.failedProbes.add(test);
    probes.failed(test);
    return sandbox.failedProbes.size() >= PROBES || !canCompare(sandbox);
  }
}
