package dev.offload.engine.dispatch;

import dev.offload.engine.dispatch.DispatchPlan.GroupRules;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Own the tests that are known: those of the plan, and those that were found since. Only added to;
/// a test keeps its index.
final class Suite {
  private final List<PlannedTest> tests;
  private final Map<String, GroupRules> groups;

  Suite(DispatchPlan plan) {
    tests = new ArrayList<>(plan.tests());
    groups = plan.groups();
  }

  void add(List<PlannedTest> more) {
    tests.addAll(more);
  }

  int size() {
    return tests.size();
  }

  PlannedTest get(int test) {
    return tests.get(test);
  }

  /// Return a view that grows.
  List<PlannedTest> tests() {
    return Collections.unmodifiableList(tests);
  }

  GroupRules rules(int test) {
    return groups.getOrDefault(tests.get(test).group(), GroupRules.NONE);
  }

  /// Return whether a test may never run a second time beside itself: its group has a limit, or
  /// wants fresh sandboxes.
  boolean isRestricted(int test) {
    return groups.containsKey(tests.get(test).group());
  }
}
