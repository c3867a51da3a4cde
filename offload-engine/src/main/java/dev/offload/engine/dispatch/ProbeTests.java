package dev.offload.engine.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/// Own the few tests by which sandboxes are compared: each passed in some sandbox and can be run
/// again in another. Those that never failed go first, then the fast ones.
final class ProbeTests {
  private static final int MOST = 4;

  /// So that there are always tests of another sandbox.
  private static final int MOST_OF_ONE = 2;

  private final List<Passed> best = new ArrayList<>();
  private final Set<Integer> gone = new HashSet<>();

  /// A test that passed in a sandbox.
  ///
  /// @param failures how often it is known to have failed, anywhere
  private record Passed(int test, PoolSandbox sandbox, double seconds, int failures) {
    static final Comparator<Passed> ORDER =
        Comparator.comparingInt(Passed::failures).thenComparingDouble(Passed::seconds);
  }

  /// Note that a test passed.
  ///
  /// @param hasFailed whether it failed before, so that it may fail again by itself
  void passed(int test, PoolSandbox sandbox, double seconds, boolean hasFailed) {
    if (gone.contains(test)) {
      return;
    }
    Passed passed = new Passed(test, sandbox, seconds, hasFailed ? 1 : 0);
    Passed worst = null;
    int ofSandbox = 0;
    for (Passed other : best) {
      if (other.test() == test && (other.sandbox() == sandbox || areForAll())) {
        return;
      }
      ofSandbox += other.sandbox() == sandbox ? 1 : 0;
    }
    boolean isManyOfOne = ofSandbox >= MOST_OF_ONE;
    if (isManyOfOne || best.size() >= MOST) {
      for (Passed other : best) {
        worst = isManyOfOne && other.sandbox() != sandbox ? worst : other;
      }
      if (worst == null || Passed.ORDER.compare(passed, worst) >= 0) {
        return;
      }
      best.remove(worst);
    }
    best.add(passed);
    best.sort(Passed.ORDER);
  }

  /// Forget tests that are not there.
  void withdraw(List<Integer> tests) {
    gone.addAll(tests);
    best.removeIf(passed -> gone.contains(passed.test()));
  }

  /// Note that one of them failed where it was tried: it may be the test and not the sandbox.
  void failed(int test) {
    best.replaceAll(passed ->
        passed.test() == test
            ? new Passed(test, passed.sandbox(), passed.seconds(), passed.failures() + 1)
            : passed);
    best.sort(Passed.ORDER);
  }

  /// Return whether there are some for every sandbox: they passed in two of them.
  boolean areForAll() {
    for (Passed passed : best) {
      if (passed.sandbox() != best.getFirst().sandbox()) {
        return true;
      }
    }
    return false;
  }

  /// Return the best test that passed in another sandbox and did not fail as a probe in this one,
  /// or -1.
  int best(PoolSandbox sandbox, IntPredicate mayRun) {
    for (Passed passed : best) {
      if (passed.sandbox() != sandbox
          && !sandbox.failedProbes.contains(passed.test())
          && mayRun.test(passed.test())) {
        return passed.test();
      }
    }
    return -1;
  }
}
