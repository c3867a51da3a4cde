package dev.offload.engine.dispatch;

import dev.offload.engine.dispatch.Batch.Flight;
import dev.offload.engine.dispatch.DispatchPlan.Foreseen;

/// Find out how many sandboxes are worth having: no more are started than can shorten the run.
final class Staffing {
  /// A sandbox that could only do what others will have done in this part of the time until the
  /// longest test ends does not shorten the run.
  private static final double WELL_BEFORE = 0.3;

  /// So few sandboxes are started without asking whether fewer would do.
  private static final int ENOUGH = 2;

  private final Suite suite;
  private final Foreseen foreseen;
  private final WorkQueue queue;
  private final SandboxPool pool;
  private final Batches batches;
  private final Hedger hedger;
  private final Estimates estimates;

  Staffing(
      Suite suite,
      Foreseen foreseen,
      WorkQueue queue,
      SandboxPool pool,
      Batches batches,
      Hedger hedger,
      Estimates estimates) {
    this.suite = suite;
    this.foreseen = foreseen;
    this.queue = queue;
    this.pool = pool;
    this.batches = batches;
    this.hedger = hedger;
    this.estimates = estimates;
  }

  /// Return what to count on beside the tests that are known: nothing once some are, or once a
  /// sandbox that was started early is gone, since the next would only be lost too while it waits.
  private Foreseen foreseen() {
    return suite.size() == 0 && pool.isIntact() ? foreseen : Foreseen.NOTHING;
  }

  private double work() {
    return queue.work() + Estimates.seconds(foreseen().work().toNanos());
  }

  /// Return whether one more sandbox should be started now, if one may.
  boolean isAnotherWanted() {
    int count = pool.live().size();
    int coming = pool.starting() + pool.idleUnused();
    if (queue.suspects() > coming) {
      return true;
    }
    if (coming == 0 && !pool.hasIdle() && hedger.isRescueWanted(pool.silent())) {
      return true;
    }
    if (queue.ready() + foreseen().tests() <= coming) {
      return false;
    }
    if (count == 0) {
      return true;
    }
    if (count >= ENOUGH && work() / count <= WELL_BEFORE * longest()) {
      return false; // the longest test ends last, whoever does the rest
    }
    // What the others will have done by the time another sandbox could begin.
    double share = (work() - pool.headStart(estimates.startUp())) / count;
    // Where all are busy the next batch costs its overhead in an old sandbox as well as in a new
    // one.
    return share > (coming == 0 ? 0 : estimates.overhead());
  }

  /// Return the seconds in which the last known test may be done that waits or runs.
  private double longest() {
    double longest = Math.max(queue.longest(), Estimates.seconds(foreseen().longest().toNanos()));
    for (Batch batch : batches.running()) {
      for (Flight flight : batch.flights()) {
        longest = Math.max(longest, hedger.left(flight, batch.sandbox.pace()));
      }
    }
    return longest;
  }
}
