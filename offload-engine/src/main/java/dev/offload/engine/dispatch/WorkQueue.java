package dev.offload.engine.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/// Own the tests that wait, and choose the next batch.
///
/// Tests wait in lanes: one for each group that has a limit, one for all others. Suspects, and
/// tests that want a fresh sandbox, wait apart: each goes alone to a sandbox that has run nothing.
/// In a lane those that came back go first. Every operation costs about the size of the batch it
/// makes.
final class WorkQueue {
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  /// The part of an even share of the tests of unknown length that goes into one batch.
  private static final double CAUTION = 0.25;

  /// How many tests of unknown length a batch may have, however few are left.
  private static final int FEWEST_UNKNOWN = 5;

  private final Suite suite;
  private final int maxCommandLength;
  private final Estimates estimates;
  private boolean[] waiting = new boolean[0];
  private boolean[] untouched = new boolean[0];
  private boolean[] fresh = new boolean[0];
  private int[] company = new int[0];
  private Lane[] laneOf = new Lane[0];
  private final Map<String, Lane> limited = new HashMap<>();
  private final Lane ordinary;

  /// Those with a limit first: a group that may not use all sandboxes must not begin late.
  private final List<Lane> lanes = new ArrayList<>();

  private final ArrayDeque<Integer> suspects = new ArrayDeque<>();

  WorkQueue(Suite suite, Estimates estimates, int maxCommandLength) {
    this.suite = suite;
    this.estimates = estimates;
    this.maxCommandLength = maxCommandLength;
    ordinary = lane(NO_LIMIT);
    lanes.add(ordinary);
    add();
  }

  /// Let the tests wait by which the suite has grown.
  void add() {
    int from = waiting.length;
    int count = suite.size();
    waiting = Arrays.copyOf(waiting, count);
    untouched = Arrays.copyOf(untouched, count);
    fresh = Arrays.copyOf(fresh, count);
    company = Arrays.copyOf(company, count);
    laneOf = Arrays.copyOf(laneOf, count);
    for (int test = from; test < count; test++) {
      boolean isFresh = suite.rules(test).fresh();
      fresh[test] = isFresh;
      laneOf[test] = laneFor(test);
      enter(test);
      if (isFresh || suite.get(test).earlier().suspect()) {
        company[test] = 1;
        addSuspect(test);
      } else {
        company[test] = NO_LIMIT;
        untouched[test] = true;
      }
    }
    sort();
  }

  private Lane laneFor(int test) {
    int limit = suite.rules(test).maxParallel();
    return limit == NO_LIMIT
        ? ordinary
        : limited.computeIfAbsent(
            suite.get(test).group(),
            _ -> {
              Lane lane = lane(limit);
              lanes.add(lanes.size() - 1, lane);
              return lane;
            });
  }

  private Lane lane(int limit) {
    return new Lane(limit, new Untouched(List.of(), estimates, _ -> false));
  }

  /// Put the tests in order that were never handed out.
  private void sort() {
    for (Lane lane : lanes) {
      lane.sort(
          new Untouched(suite.tests(), estimates, test -> untouched[test] && laneOf[test] == lane));
    }
  }

  /// Let tests wait no more, if they do.
  void withdraw(List<Integer> tests) {
    for (int test : tests) {
      if (waiting[test]) {
        leave(test);
        if (suspects.remove((Integer) test)) {
          laneOf[test].countSuspect(-1);
        } else {
          laneOf[test].remove(test);
        }
      }
    }
    sort();
  }

  /// Say who asks for a batch.
  ///
  /// @param mayJudge whether it may have tests that failed before, by the number of the sandbox
  ///   they failed in
  /// @param target the seconds of work the batch should have
  /// @param least the seconds of work below which a batch is hardly worth its cost
  /// @param share the largest part of the tests of unknown length that it should have, 0 to 1
  /// @param horizon seconds until the work that waits would be done if all went well
  /// @param pace how many times longer than expected tests take in the one who asks
  /// @param tried whether anything is known of its pace
  /// @param mayWait whether it may be left without work because it is slow
  record Asking(
      IntPredicate mayJudge,
      double target,
      double least,
      double share,
      double horizon,
      double pace,
      boolean tried,
      boolean mayWait) {
    private static final double SLOW = 1.5;

    /// Return the pace from which on a sandbox is slow.
    double slow() {
      return SLOW;
    }
  }

  /// Return how many tests wait, suspects included.
  int size() {
    int size = suspects.size();
    for (Lane lane : lanes) {
      size += lane.size();
    }
    return size;
  }

  /// Return how many batches of waiting tests could be begun now, if there were sandboxes, suspects
  /// left out. It is an upper bound.
  int ready() {
    int ready = 0;
    for (Lane lane : lanes) {
      ready += Math.min(lane.size(), lane.room());
    }
    return ready;
  }

  /// Return how many suspects could be begun now, if there were fresh sandboxes.
  int suspects() {
    int count = 0;
    for (Lane lane : lanes) {
      count += lane.suspects();
    }
    return count;
  }

  /// Return the work that waits, in seconds.
  double work() {
    return estimates.waitingWork();
  }

  /// Return the longest time, in seconds, that a test that waits and was never handed out may take,
  /// as far as that is known.
  double longest() {
    double longest = 0;
    for (Lane lane : lanes) {
      longest = Math.max(longest, lane.untouched().longest());
    }
    return longest;
  }

  int company(int test) {
    return company[test];
  }

  /// Bring a test back to the front.
  void giveBack(int test) {
    if (fresh[test]) {
      suspect(test);
      return;
    }
    enter(test);
    laneOf[test].giveBack(test);
  }

  /// Bring a failed test back to the front, for another sandbox than the one it failed in.
  void retry(int test, int failedIn) {
    if (fresh[test]) {
      suspect(test);
      return;
    }
    enter(test);
    laneOf[test].retry(test, failedIn);
  }

  /// Bring back a test that runs next alone in a fresh sandbox.
  void suspect(int test) {
    enter(test);
    addSuspect(test);
  }

  private void addSuspect(int test) {
    suspects.add(test);
    laneOf[test].countSuspect(1);
  }

  /// Allow a test no more than this number of tests in its next batch, itself included.
  void limitCompany(int test, int size) {
    company[test] = Math.max(1, Math.min(company[test], size));
  }

  /// Return and remove the next suspect that may be begun, or -1.
  ///
  /// @param used whether it is for a sandbox that is not fresh
  int takeSuspect(boolean used) {
    Iterator<Integer> all = suspects.iterator();
    while (all.hasNext()) {
      int test = all.next();
      if (laneOf[test].room() > 0 && !(used && fresh[test])) {
        all.remove();
        laneOf[test].countSuspect(-1);
        leave(test);
        return test;
      }
    }
    return -1;
  }

  boolean wantsFresh(int test) {
    return fresh[test];
  }

  /// Return whether the group of a test allows one more of its batches now.
  boolean hasRoom(int test) {
    return laneOf[test].room() > 0;
  }

  /// Note that a batch begins.
  void began(int[] batch) {
    laneOf[batch[0]].count(1);
  }

  /// Note that a batch has ended, however it did.
  void ended(int[] batch) {
    laneOf[batch[0]].count(-1);
  }

  /// Return the tests of the next batch in collection order; empty when there are none for the one
  /// who asks.
  int[] carve(Asking asking) {
    for (int file : estimates.takeMeasuredFiles()) {
      lanes.forEach(lane -> lane.untouched().measured(file));
    }
    for (Lane lane : lanes) {
      if (lane.size() > 0 && lane.room() > 0) {
        Carving batch =
            new Carving(this, suite, maxCommandLength, estimates, asking, mostUnknown(asking));
        lane.takeInto(batch);
        if (!batch.isEmpty()) {
          return batch.sorted();
        }
      }
    }
    return new int[0];
  }

  private int mostUnknown(Asking asking) {
    int fewest = asking.least() > 0 ? FEWEST_UNKNOWN : 1;
    double share = CAUTION * asking.share();
    return Math.max(fewest, (int) Math.ceil(estimates.unknownWaiting() * share));
  }

  private void enter(int test) {
    if (waiting[test]) {
      throw new IllegalStateException("a test waits twice: " + suite.get(test).id());
    }
    waiting[test] = true;
    estimates.waits(test, 1);
  }

  /// Note that a test is handed out.
  void leave(int test) {
    waiting[test] = false;
    untouched[test] = false;
    estimates.waits(test, -1);
  }
}
