package dev.offload.report.timeline;

import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Tell of things that happened to sandboxes for the same cause.
///
/// @param kind what happened
/// @param cause why, in words
/// @param sandboxes to which ones, in order
/// @param tests the tests that were running in them, or whose failures there are void; each once
public record Incident(Kind kind, String cause, List<SandboxId> sandboxes, List<TestId> tests) {
  /// Copy.
  public Incident {
    sandboxes = List.copyOf(sandboxes);
    tests = List.copyOf(tests);
  }

  /// What can happen to a sandbox.
  public enum Kind {
    /// It died.
    LOST,
    /// It was replaced because it failed tests that pass elsewhere.
    CONDEMNED,
    /// It could not be started.
    START_FAILED
  }

  /// Put together what has the same cause; causes that differ in numbers only are the same.
  static List<Incident> group(List<Incident> single) {
    Map<String, List<Incident>> alike = new LinkedHashMap<>();
    for (Incident incident : single) {
      String key = incident.kind() + " " + incident.cause().replaceAll("[0-9a-f]{6,}|\\d+", "#");
      alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(incident);
    }
    return alike.values().stream().map(Incident::merge).toList();
  }

  private static Incident merge(List<Incident> group) {
    List<SandboxId> sandboxes = new ArrayList<>();
    Set<TestId> tests = new LinkedHashSet<>();
    for (Incident incident : group) {
      sandboxes.addAll(incident.sandboxes());
      tests.addAll(incident.tests());
    }
    Incident first = group.getFirst();
    Collections.sort(sandboxes);
    return new Incident(first.kind(), first.cause(), sandboxes, List.copyOf(tests));
  }
}
