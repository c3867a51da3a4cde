package dev.offload.junitrunner;

import java.util.ArrayList;
import java.util.List;

/// A class, or whatever else holds tests of the batch: what goes wrong around its tests is told of
/// it, not of them.
final class Container {
  final List<RunningTest> tests = new ArrayList<>();

  /// How many of its tests have not ended.
  int open;

  void add(RunningTest test) {
    tests.add(test);
    test.containers.add(this);
    open++;
  }
}
