package dev.offload.junitrunner;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A class, or whatever else holds tests of the batch: what goes wrong around its tests is told of
/// it, not of them.
final class Container {
  final List<RunningTest> tests = new ArrayList<>();

  /// How many of its tests have not ended.
  int open;

  /// The test in it that began last, in one invocation of a class that runs several times.
  @Nullable RunningTest latest;

  void add(RunningTest test) {
    tests.add(test);
    test.containers.add(this);
    open++;
  }
}
