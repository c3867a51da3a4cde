package dev.offload.junitrunner;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Knows what holds what in the run of a batch, also what JUnit makes only while it runs.
///
/// Guarded by the listener.
final class TestTree {
  private final Map<String, String> parents = new HashMap<>();
  private final Map<String, String> invocations = new HashMap<>();

  /// Take all that a plan holds.
  void add(TestPlan plan) {
    plan.getRoots().forEach(root -> add(plan, root));
  }

  private void add(TestPlan plan, TestIdentifier identifier) {
    for (TestIdentifier child : plan.getChildren(identifier)) {
      parents.put(child.getUniqueId(), identifier.getUniqueId());
      add(plan, child);
    }
  }

  /// Take what was made in the run.
  void add(TestIdentifier identifier) {
    identifier.getParentId().ifPresent(parent -> parents.put(identifier.getUniqueId(), parent));
    if (ClassTemplates.isInvocation(identifier.getUniqueId())) {
      invocations.put(identifier.getUniqueId(), identifier.getDisplayName());
    }
  }

  /// Take a test if it is in a class that runs several times: the plan has nothing of it then.
  void addInTemplate(String uniqueId) {
    Map<String, String> missing = new HashMap<>();
    String at = uniqueId;
    while (!parents.containsKey(at) && at.contains("/[")) {
      String above = ClassTemplates.above(at);
      missing.put(at, above);
      at = above;
    }
    if (ClassTemplates.isTemplate(at)) {
      parents.putAll(missing);
    }
  }

  boolean knows(String uniqueId) {
    return parents.containsKey(uniqueId);
  }

  /// Return the id of what holds something, or nothing for an engine.
  @Nullable String parent(String uniqueId) {
    return parents.get(uniqueId);
  }

  /// Name a part of a test: the invocations of the classes it is in, and its own.
  ///
  /// @return nothing for the whole of the test
  String part(RunningTest test, TestIdentifier identifier) {
    String id = identifier.getUniqueId();
    StringBuilder part = new StringBuilder();
    for (String invocation : ClassTemplates.invocationsIn(id)) {
      part.append(part.length() == 0 ? "" : " > ").append(invocations.get(invocation));
    }
    if (!ClassTemplates.plain(id).equals(test.uniqueId)) {
      part.append(part.length() == 0 ? "" : " > ").append(identifier.getDisplayName());
    }
    return part.toString();
  }
}
