package dev.offload.engine.dispatch;

import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.util.ArrayDeque;
import java.util.Arrays;

/// A batch in the making.
final class Carving {
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  final WorkQueue.Asking asking;
  private final WorkQueue queue;
  private final Suite suite;
  private final Estimates estimates;
  private final int maxCommandLength;
  private final int mostUnknown;
  private int[] taken = new int[8];
  private int count;
  private int limit = NO_LIMIT;
  private int unknown;
  private long length;
  private double work;
  private String lastFile = "";

  /// Begin.
  ///
  /// @param mostUnknown the largest number of tests of unknown length
  Carving(
      WorkQueue queue,
      Suite suite,
      int maxCommandLength,
      Estimates estimates,
      WorkQueue.Asking asking,
      int mostUnknown) {
    this.queue = queue;
    this.suite = suite;
    this.estimates = estimates;
    this.maxCommandLength = maxCommandLength;
    this.asking = asking;
    this.mostUnknown = mostUnknown;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean open() {
    return isEmpty() || (count < limit && work < asking.target());
  }

  /// Return the seconds that the batch is expected to take beside its fixed cost.
  double work() {
    return work;
  }

  /// Whether the test may join: half of it may stick out of the time that was asked for.
  boolean accepts(int test) {
    PlannedTest planned = suite.get(test);
    if (isEmpty()) {
      return true;
    }
    return count < limit
        && count < queue.company(test)
        && planned.framework().equals(suite.get(taken[0]).framework())
        && !planned.individually()
        && (estimates.isKnown(test) || mayRisk(test))
        && length + planned.commandLength() <= maxCommandLength
        && work + cost(planned, test) / 2 <= asking.target();
  }

  /// Tests of unknown length are dealt out sparingly, but for those that are expected to take less,
  /// all together, than their batch costs: to divide them would cost more than it could save.
  private boolean mayRisk(int test) {
    return unknown < mostUnknown || work + estimates.work(test) <= estimates.overhead();
  }

  /// Each further file has its price.
  private double cost(PlannedTest planned, int test) {
    double own = Math.max(0, estimates.work(test));
    return isEmpty() || planned.file().equals(lastFile) ? own : own + estimates.fileOverhead();
  }

  void add(int test) {
    PlannedTest planned = suite.get(test);
    work += cost(planned, test);
    lastFile = planned.file();
    queue.leave(test);
    if (count == taken.length) {
      taken = Arrays.copyOf(taken, 2 * count);
    }
    taken[count++] = test;
    limit = Math.min(limit, planned.individually() ? 1 : queue.company(test));
    unknown += estimates.isKnown(test) ? 0 : 1;
    length += planned.commandLength();
  }

  /// Take tests from the front of a line, as long as they may join, and return their number.
  int takeFrom(ArrayDeque<Integer> line) {
    int before = count;
    for (Integer test = line.peek(); test != null && accepts(test); test = line.peek()) {
      line.remove();
      add(test);
    }
    return count - before;
  }

  /// Return the tests in collection order.
  int[] sorted() {
    int[] batch = Arrays.copyOf(taken, count);
    Arrays.sort(batch);
    return batch;
  }
}
