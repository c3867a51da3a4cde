package dev.offload.engine.dispatch;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/// Hold waiting tests that may be in one batch: those of a group with a limit, or all tests of the
/// groups without one.
final class Lane {
  private final int limit;
  private final ArrayDeque<Integer> returned = new ArrayDeque<>();
  private final Map<Integer, ArrayDeque<Integer>> retries = new HashMap<>();
  private Untouched untouched;
  private int retrying;
  private int running;
  private int suspects;

  /// Make it.
  ///
  /// @param limit how many of its batches may run at one time
  /// @param untouched the tests of it that were never handed out
  Lane(int limit, Untouched untouched) {
    this.limit = limit;
    this.untouched = untouched;
  }

  /// Replace the tests of it that were never handed out.
  void sort(Untouched tests) {
    untouched = tests;
  }

  /// Forget a test that came back.
  void remove(int test) {
    if (!returned.remove((Integer) test)
        && retries.values().stream().anyMatch(line -> line.remove((Integer) test))) {
      retrying--;
    }
  }

  /// Return how many tests wait, without suspects.
  int size() {
    return untouched.size() + retrying + returned.size();
  }

  /// Return how many batches of it may be begun now.
  int room() {
    return Math.max(0, limit - running);
  }

  /// Note that a batch of it began (1) or ended (-1).
  void count(int change) {
    running += change;
  }

  /// Note that a suspect of it waits (1) or left (-1).
  void countSuspect(int change) {
    suspects += change;
  }

  int suspects() {
    return Math.min(suspects, room());
  }

  Untouched untouched() {
    return untouched;
  }

  void giveBack(int test) {
    returned.add(test);
  }

  void retry(int test, int failedIn) {
    retries.computeIfAbsent(failedIn, _ -> new ArrayDeque<>()).add(test);
    retrying++;
  }

  /// Fill a batch for the one who asks.
  void takeInto(Carving batch) {
    batch.takeFrom(returned);
    takeRetries(batch);
    if (batch.isEmpty() || (batch.work() < batch.asking.least() && batch.open())) {
      untouched.takeInto(batch);
    }
  }

  private void takeRetries(Carving batch) {
    Iterator<Map.Entry<Integer, ArrayDeque<Integer>>> all = retries.entrySet().iterator();
    while (all.hasNext() && batch.open()) {
      Map.Entry<Integer, ArrayDeque<Integer>> entry = all.next();
      if (batch.asking.mayJudge().test(entry.getKey())) {
        retrying -= batch.takeFrom(entry.getValue());
        if (entry.getValue().isEmpty()) {
          all.remove();
        }
      }
    }
  }
}
