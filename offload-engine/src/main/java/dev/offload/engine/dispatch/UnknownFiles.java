package dev.offload.engine.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/// Choose among untouched tests of which nothing is expected, file by file.
///
/// One test of each file goes first. What it took tells the files with long tests from the others.
/// Then, in turn, the file whose tests take longest goes next, so that the long tests of it do not
/// come last, and the one whose tests take least, because a long test can hide there too and all of
/// its tests cost next to nothing.
final class UnknownFiles {
  /// The part of a batch's usual time that is risked on tests of which little is known.
  private static final double CAUTION = 0.25;

  private final Estimates estimates;
  private final ArrayDeque<UnknownFile> untried = new ArrayDeque<>();
  private final Map<Integer, UnknownFile> files = new HashMap<>();
  private final NavigableSet<UnknownFile> tried =
      new TreeSet<>(
          Comparator.comparingDouble((UnknownFile file) -> file.score)
              .thenComparingInt(file -> file.number));
  private int count;
  private boolean quickNext;

  /// The tests of one file.
  private static final class UnknownFile {
    private final int number;
    private final ArrayDeque<Integer> tests = new ArrayDeque<>();
    private double score;

    UnknownFile(int number) {
      this.number = number;
    }
  }

  /// Begin with these tests, in collection order.
  UnknownFiles(Estimates estimates, int[] tests) {
    this.estimates = estimates;
    List<UnknownFile> inOrder = new ArrayList<>();
    for (int test : tests) {
      UnknownFile file =
          files.computeIfAbsent(
              estimates.fileOf(test),
              number -> {
                UnknownFile added = new UnknownFile(number);
                inOrder.add(added);
                return added;
              });
      file.tests.add(test);
    }
    // Tests that have a file for themselves are often the long ones.
    inOrder.sort(Comparator.comparingInt(file -> file.tests.size()));
    for (UnknownFile file : inOrder) {
      if (estimates.isMeasured(file.number)) {
        enter(file);
      } else {
        untried.add(file);
      }
    }
    count = tests.length;
  }

  int size() {
    return count;
  }

  /// Note that tests of a file were measured.
  void measured(int number) {
    UnknownFile file = files.get(number);
    if (file != null && tried.remove(file)) {
      enter(file);
    }
  }

  private void enter(UnknownFile file) {
    file.score = estimates.fileScore(file.number);
    tried.add(file);
  }

  /// Put tests into a batch.
  ///
  /// @param taken is told of each
  void takeInto(Carving batch, IntConsumer taken) {
    boolean learning = !untried.isEmpty();
    double enough = Math.max(batch.asking.least(), CAUTION * batch.asking.target());
    while (batch.isEmpty() || (batch.open() && batch.work() < enough)) {
      UnknownFile file = learning ? untried.peek() : favourite();
      if (file == null || !batch.accepts(file.tests.element())) {
        return;
      }
      if (learning) {
        untried.remove();
        // Where another file in a batch costs time, one file alone is tried in it.
        take(file, batch, taken, estimates.fileOverhead() > 0 ? Integer.MAX_VALUE : 1, enough);
        if (!file.tests.isEmpty()) {
          enter(file);
        }
      } else {
        tried.remove(file);
        take(file, batch, taken, Integer.MAX_VALUE, enough);
        if (!file.tests.isEmpty()) {
          enter(file);
          return;
        }
      }
    }
    quickNext = !quickNext;
  }

  private @org.jspecify.annotations.Nullable UnknownFile favourite() {
    if (tried.isEmpty()) {
      return null;
    }
    return quickNext ? tried.first() : tried.last();
  }

  private void take(UnknownFile file, Carving batch, IntConsumer taken, int most, double enough) {
    int before = count;
    while (before - count < most
        && !file.tests.isEmpty()
        && (batch.isEmpty() || (batch.open() && batch.work() < enough))
        && batch.accepts(file.tests.element())) {
      int test = file.tests.remove();
      count--;
      taken.accept(test);
      batch.add(test);
    }
  }
}
