package dev.offload.engine.dispatch;

import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Own the tests that wait, and decide which of them form the next batch.
///
/// Four kinds wait apart: suspects (each goes alone to a fresh sandbox), retries (never to the
/// sandbox they failed in), returned tests (free of charge), and the untouched ones in collection
/// order. Every operation costs about the size of the batch it makes.
final class WorkQueue {
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  /// The share of a batch's time above which a test is long and goes out before the short ones.
  private static final double LONG = 0.5;

  /// How many tests of unknown length a batch may have, however few are left.
  private static final int FEWEST_UNKNOWN = 5;

  private final List<PlannedTest> tests;
  private final Estimates estimates;
  private final int maxCommandLength;

  private final boolean[] waiting;
  private final boolean[] touched;
  private final int[] company;
  private final int[] next;
  private final int[] previous;
  private final Ranking ranked;
  private final Ranking individual;
  private final ArrayDeque<Integer> suspects = new ArrayDeque<>();
  private final ArrayDeque<Integer> returned = new ArrayDeque<>();
  private final Map<Integer, ArrayDeque<Integer>> retries = new HashMap<>();
  private int untouched;
  private int retrying;

  private final int[] unknownWaiting;
  private double knownWaiting;

  WorkQueue(DispatchPlan plan, Estimates estimates) {
    this.tests = plan.tests();
    this.estimates = estimates;
    this.maxCommandLength = plan.rules().maxCommandLength();
    int count = tests.size();
    waiting = new boolean[count];
    touched = new boolean[count];
    company = new int[count];
    Arrays.fill(company, NO_LIMIT);
    next = new int[count + 1];
    previous = new int[count + 1];
    unknownWaiting = new int[estimates.groups()];
    int last = count;
    for (int test = 0; test < count; test++) {
      if (tests.get(test).earlier().suspect()) {
        suspects.add(test);
        company[test] = 1;
        touched[test] = true;
      } else if (!tests.get(test).individually()) {
        next[last] = test;
        previous[test] = last;
        last = test;
      }
      count(test, 1);
    }
    next[last] = count;
    previous[count] = last;
    Arrays.fill(waiting, true);
    untouched = count - suspects.size();
    ranked = new Ranking(test -> !tests.get(test).individually() && estimates.rank(test) >= 0);
    individual = new Ranking(test -> tests.get(test).individually());
  }

  /// Say who asks for a batch.
  ///
  /// @param mayJudge whether it may have tests that failed before, by the number of the sandbox
  ///   they failed in
  /// @param target the seconds of work the batch should have
  /// @param least the seconds of work below which a batch is hardly worth its cost
  /// @param share the largest part of the tests of unknown length that it should have, 0 to 1
  record Asking(IntPredicate mayJudge, double target, double least, double share) {}

  /// Return how many tests wait, suspects included.
  int size() {
    return untouched + retrying + returned.size() + suspects.size();
  }

  int suspects() {
    return suspects.size();
  }

  /// Return the work that waits, in seconds.
  double work() {
    double work = Math.max(0, knownWaiting) * estimates.scale();
    for (int group = 0; group < unknownWaiting.length; group++) {
      if (unknownWaiting[group] > 0) {
        work += unknownWaiting[group] * estimates.unknownWork(group);
      }
    }
    return work;
  }

  /// Bring a test back to the front.
  void giveBack(int test) {
    enter(test);
    returned.add(test);
  }

  /// Bring a failed test back to the front, for another sandbox than the one it failed in.
  void retry(int test, int failedIn) {
    enter(test);
    retries.computeIfAbsent(failedIn, _ -> new ArrayDeque<>()).add(test);
    retrying++;
  }

  /// Bring back a test that runs next alone in a fresh sandbox.
  void suspect(int test) {
    enter(test);
    suspects.add(test);
  }

  /// Allow a test no more than this number of tests in its next batch, itself included.
  void limitCompany(int test, int size) {
    company[test] = Math.max(1, Math.min(company[test], size));
  }

  /// Return and remove the next suspect, or -1.
  int takeSuspect() {
    Integer test = suspects.poll();
    if (test == null) {
      return -1;
    }
    leave(test);
    return test;
  }

  /// Return the tests of the next batch in collection order; empty when there are none for the one
  /// who asks.
  int[] carve(Asking asking) {
    Carving batch = new Carving(asking);
    batch.takeFrom(returned);
    takeRetries(batch, asking);
    if (batch.isEmpty() || (batch.work < asking.least() && batch.open())) {
      takeUntouched(batch);
    }
    return batch.sorted();
  }

  private void takeRetries(Carving batch, Asking asking) {
    Iterator<Map.Entry<Integer, ArrayDeque<Integer>>> all = retries.entrySet().iterator();
    while (all.hasNext() && batch.open()) {
      Map.Entry<Integer, ArrayDeque<Integer>> entry = all.next();
      if (asking.mayJudge().test(entry.getKey())) {
        retrying -= batch.takeFrom(entry.getValue());
        if (entry.getValue().isEmpty()) {
          all.remove();
        }
      }
    }
  }

  private void takeUntouched(Carving batch) {
    double target = batch.asking.target();
    int alone = individual.first();
    int longest = ranked.first();
    boolean isLong = longest >= 0 && work(longest) >= LONG * target;
    if (alone >= 0
        && batch.isEmpty()
        && (!isLong || estimates.rank(alone) >= estimates.rank(longest))) {
      touch(alone);
      batch.add(alone);
    } else if (isLong && batch.isEmpty()) {
      takeChunk(batch, longest);
    } else {
      takeChunk(batch, next[tests.size()]);
    }
  }

  /// Take neighbours in collection order, beginning with the given one.
  private void takeChunk(Carving batch, int from) {
    int test = from;
    while (test != tests.size() && batch.accepts(test)) {
      int after = next[test];
      next[previous[test]] = after;
      previous[after] = previous[test];
      touch(test);
      batch.add(test);
      if (batch.work >= 0.75 * batch.asking.target()
          && after != tests.size()
          && !tests.get(test).file().equals(tests.get(after).file())) {
        return;
      }
      test = after;
    }
  }

  private void touch(int test) {
    touched[test] = true;
    untouched--;
  }

  private double work(int test) {
    return Math.max(estimates.work(test), 0);
  }

  private void enter(int test) {
    if (waiting[test]) {
      throw new IllegalStateException("a test waits twice: " + tests.get(test).id());
    }
    waiting[test] = true;
    count(test, 1);
  }

  private void leave(int test) {
    waiting[test] = false;
    count(test, -1);
  }

  private void count(int test, int change) {
    if (estimates.isKnown(test)) {
      knownWaiting += change * estimates.rank(test);
    } else {
      unknownWaiting[estimates.groupOf(test)] += change;
    }
  }

  /// A batch in the making.
  private final class Carving {
    private final Asking asking;
    private int[] taken = new int[8];
    private int count;
    private int limit = NO_LIMIT;
    private int unknown;
    private final int mostUnknown;
    private long length;
    private double work;

    Carving(Asking asking) {
      this.asking = asking;
      int fewest = asking.least() > 0 ? FEWEST_UNKNOWN : 1;
      int share = (int) Math.ceil(Arrays.stream(unknownWaiting).sum() * asking.share());
      mostUnknown = Math.max(fewest, share);
    }

    boolean isEmpty() {
      return count == 0;
    }

    boolean open() {
      return isEmpty() || (count < limit && work < asking.target());
    }

    /// Whether the test may join: half of it may stick out of the time that was asked for.
    boolean accepts(int test) {
      PlannedTest planned = tests.get(test);
      if (isEmpty()) {
        return true;
      }
      return count < limit
          && count < company[test]
          && planned.framework().equals(tests.get(taken[0]).framework())
          && !planned.individually()
          && (unknown < mostUnknown || estimates.isKnown(test))
          && length + planned.commandLength() <= maxCommandLength
          && work + work(test) / 2 <= asking.target();
    }

    void add(int test) {
      leave(test);
      if (count == taken.length) {
        taken = Arrays.copyOf(taken, 2 * count);
      }
      taken[count++] = test;
      limit = Math.min(limit, tests.get(test).individually() ? 1 : company[test]);
      unknown += estimates.isKnown(test) ? 0 : 1;
      length += tests.get(test).commandLength();
      work += work(test);
    }

    int takeFrom(ArrayDeque<Integer> line) {
      int before = count;
      for (Integer test = line.peek(); test != null && accepts(test); test = line.peek()) {
        line.remove();
        add(test);
      }
      return count - before;
    }

    int[] sorted() {
      int[] batch = Arrays.copyOf(taken, count);
      Arrays.sort(batch);
      return batch;
    }
  }

  /// Untouched tests, longest first; those that left meanwhile are skipped.
  private final class Ranking {
    private final int[] order;
    private int at;

    Ranking(IntPredicate member) {
      order =
          IntStream.range(0, tests.size())
              .filter(member)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer test) -> -estimates.rank(test)))
              .mapToInt(Integer::intValue)
              .toArray();
    }

    int first() {
      while (at < order.length && touched[order[at]]) {
        at++;
      }
      return at < order.length ? order[at] : -1;
    }
  }
}
