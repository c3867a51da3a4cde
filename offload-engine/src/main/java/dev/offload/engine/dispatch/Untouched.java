package dev.offload.engine.dispatch;

import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Hold the tests of one lane that were never handed out, and choose which go next.
///
/// Tests of which something is expected go out longest first, and the short ones as neighbours in
/// collection order. Of the others one test of each file goes first, to learn; then they go by what
/// was learned of their files ([UnknownFiles]).
final class Untouched {
  /// The share of a batch's time above which a test is long and goes out before the short ones.
  private static final double LONG = 0.5;

  /// The share of the longest test's time that is spent to see whether a sandbox is fast enough for
  /// it.
  private static final double TRIAL = 0.01;

  /// What is shorter, in seconds, says nothing about a sandbox.
  private static final double SHORTEST_TRIAL = 0.01;

  private final List<PlannedTest> tests;
  private final Estimates estimates;
  private final boolean[] touched;
  private final int[] next;
  private final int[] previous;
  private final Ranking ranked;
  private final Ranking individual;
  private final UnknownFiles unknown;
  private int count;

  /// The share of the time until the run would end that a slow sandbox is trusted with.
  private static final double SURE = 0.6;

  /// Begin with the tests of a lane.
  Untouched(List<PlannedTest> tests, Estimates estimates, IntPredicate member) {
    this.tests = tests;
    this.estimates = estimates;
    int size = tests.size();
    touched = new boolean[size];
    next = new int[size + 1];
    previous = new int[size + 1];
    IntPredicate alone = test -> tests.get(test).individually();
    IntPredicate guessed = test -> estimates.rank(test) >= 0;
    int last = size;
    for (int test = 0; test < size; test++) {
      count += member.test(test) ? 1 : 0;
      if (member.test(test) && !alone.test(test) && guessed.test(test)) {
        next[last] = test;
        previous[test] = last;
        last = test;
      }
    }
    next[last] = size;
    previous[size] = last;
    ranked = new Ranking(member.and(alone.negate()).and(guessed));
    individual = new Ranking(member.and(alone));
    unknown =
        new UnknownFiles(
            estimates,
            IntStream.range(0, size)
                .filter(member.and(alone.negate()).and(guessed.negate()))
                .toArray());
  }

  int size() {
    return count;
  }

  /// Return the longest time, in seconds, that a test may take of which something is known, or 0.
  double longest() {
    int longest = ranked.first();
    return longest < 0 ? 0 : longestWork(longest);
  }

  /// Note that tests of a file were measured.
  void measured(int file) {
    unknown.measured(file);
  }

  /// Put tests into a batch.
  void takeInto(Carving batch) {
    double target = batch.asking.target();
    int alone = individual.first();
    int longest = ranked.first();
    boolean isLong = longest >= 0 && longestWork(longest) >= LONG * target;
    if (alone >= 0
        && batch.isEmpty()
        && (!isLong || estimates.rank(alone) >= estimates.rank(longest))) {
      touch(alone);
      batch.add(alone);
      return;
    }
    if (isLong && batch.isEmpty()) {
      int trial = trial(batch, longest);
      int fitting = fitting(batch, longest);
      if (trial >= 0) {
        touch(trial);
        batch.add(trial);
      } else if (fitting >= 0) {
        takeChunk(batch, fitting, target);
      } else {
        takeShort(batch, target);
      }
      return;
    }
    if (unknown.size() > 0) {
      unknown.takeInto(batch, this::touch);
    }
    if (batch.open()) {
      takeShort(batch, target);
    }
  }

  /// Return a short test with which a sandbox of which nothing is known should show how fast it is,
  /// before it gets a test that decides when the run ends; -1 when that is not worth it.
  private int trial(Carving batch, int longest) {
    double most = TRIAL * longestWork(longest);
    boolean isDecisive = longestWork(longest) >= batch.asking.horizon() / 2;
    if (batch.asking.tried() || !isDecisive || estimates.overhead() > most) {
      return -1;
    }
    int trial = ranked.firstAtMost(most, this::longestWork);
    return trial >= 0 && estimates.isKnown(trial) && work(trial) >= SHORTEST_TRIAL ? trial : -1;
  }

  /// Return the longest long test that a sandbox of this pace is done with before the run would end
  /// without it, or -1; the longest if there is nobody else.
  private int fitting(Carving batch, int longest) {
    double pace = batch.asking.pace();
    if (!batch.asking.mayWait() || pace < batch.asking.slow()) {
      return longest;
    }
    double most = SURE * Math.max(batch.asking.horizon(), longestWork(longest)) / pace;
    int fitting = ranked.firstAtMost(most, this::longestWork);
    return fitting >= 0 && longestWork(fitting) >= LONG * batch.asking.target() ? fitting : -1;
  }

  /// Take short tests, as neighbours, up to a time.
  private void takeShort(Carving batch, double upTo) {
    int test = next[tests.size()];
    double pace = batch.asking.pace();
    boolean isSlow = batch.asking.mayWait() && pace >= batch.asking.slow();
    while (isSlow
        && test != tests.size()
        && longestWork(test) > SURE * batch.asking.horizon() / pace) {
      test = next[test];
    }
    if (test != tests.size()) {
      takeChunk(batch, test, upTo);
    }
  }

  /// Take neighbours in collection order, beginning with the given one.
  private void takeChunk(Carving batch, int from, double upTo) {
    int test = from;
    while (test != tests.size() && batch.accepts(test)) {
      int after = next[test];
      touch(test);
      batch.add(test);
      boolean isFull = batch.work() >= upTo;
      boolean isNearlyFull =
          batch.work() >= 0.75 * upTo
              && after != tests.size()
              && !tests.get(test).file().equals(tests.get(after).file());
      if (isFull || isNearlyFull) {
        return;
      }
      test = after;
    }
  }

  private void touch(int test) {
    if (estimates.rank(test) >= 0 && !tests.get(test).individually()) {
      next[previous[test]] = next[test];
      previous[next[test]] = previous[test];
    }
    touched[test] = true;
    count--;
  }

  /// Return what a test may take if it is no surprise.
  private double longestWork(int test) {
    return Math.max(estimates.rank(test) * estimates.scale(), work(test));
  }

  private double work(int test) {
    return Math.max(estimates.work(test), 0);
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

    /// Return the first one that takes at most so long, or -1.
    int firstAtMost(double most, java.util.function.IntToDoubleFunction work) {
      for (int place = at; place < order.length; place++) {
        if (!touched[order[place]] && work.applyAsDouble(order[place]) <= most) {
          return order[place];
        }
      }
      return -1;
    }
  }
}
