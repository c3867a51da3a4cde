package dev.offload.engine.discovery;

import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.engine.RunOptions.Selection;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Hold what was discovered: the selected tests of every group, in the order of the file and of
/// collection, each test in exactly one group.
///
/// @param groups the groups in file order
/// @param warnings what the user should know
public record TestCatalog(List<Group> groups, List<String> warnings) {
  private static final int EXIT_USAGE = 64;

  /// Copy.
  public TestCatalog {
    groups = List.copyOf(groups);
    warnings = List.copyOf(warnings);
  }

  /// One group.
  ///
  /// @param settings the group
  /// @param tests its tests
  /// @param errors what of it could not be collected; each is a failed test
  public record Group(GroupSettings settings, List<TestCase> tests, List<CollectionError> errors) {
    /// Copy.
    public Group {
      tests = List.copyOf(tests);
      errors = List.copyOf(errors);
    }
  }

  /// Return the number of tests, failed collections included.
  public int size() {
    return groups.stream().mapToInt(group -> group.tests().size() + group.errors().size()).sum();
  }

  /// Return the ids of all tests, failed collections included.
  public List<TestId> ids() {
    List<TestId> ids = new ArrayList<>();
    for (Group group : groups) {
      group.tests().forEach(test -> ids.add(test.id()));
      group.errors().forEach(error -> ids.add(new TestId(error.name())));
    }
    return ids;
  }

  /// Select and divide: each test belongs to the first group that has it.
  ///
  /// @param found the answer for each group
  /// @throws DiscoveryFailed when a selected test does not exist
  static TestCatalog assemble(
      List<GroupSettings> settings, List<Discovery.Found> found, Selection selection)
      throws DiscoveryFailed {
    Map<TestId, String> owners = new HashMap<>();
    Set<String> broken = new HashSet<>();
    Map<String, Integer> overlaps = new HashMap<>();
    List<Group> groups = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < settings.size(); i++) {
      String name = settings.get(i).name();
      warnings.addAll(found.get(i).warnings());
      List<TestCase> tests = new ArrayList<>();
      for (TestCase test : found.get(i).tests()) {
        String owner = owners.putIfAbsent(test.id(), name);
        if (owner != null) {
          overlaps.merge("'" + name + "' and '" + owner + "'", 1, Integer::sum);
        } else if (selection.includes(test)) {
          tests.add(test);
        }
      }
      List<CollectionError> errors =
          found.get(i).errors().stream()
              .filter(error -> selection.concerns(error) && broken.add(error.name()))
              .toList();
      groups.add(new Group(settings.get(i), tests, errors));
      if (found.get(i).tests().isEmpty() && found.get(i).errors().isEmpty()) {
        warnings.add("group '" + name + "' matches no test");
      }
    }
    overlaps.forEach((pair, count) ->
        warnings.add(
            "groups "
                + pair
                + " share "
                + count
                + (count == 1 ? " test" : " tests")
                + "; each runs once, in the group that comes first in the file"));
    List<CollectionError> errors =
        groups.stream().flatMap(group -> group.errors().stream()).toList();
    checkSelected(selection, owners.keySet(), errors);
    missing(selection, owners.keySet(), errors).ifPresent(warnings::add);
    return new TestCatalog(groups, warnings);
  }

  /// Return a warning of tests that an earlier run left to do and that are not there any more.
  private static Optional<String> missing(
      Selection selection, Set<TestId> known, List<CollectionError> errors) {
    if (selection.unsettled() == null) {
      return Optional.empty();
    }
    List<String> missing = selection.unsettled().missing(known, errors).stream().sorted().toList();
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    String more = missing.size() > 3 ? " and " + (missing.size() - 3) + " more" : "";
    return Optional.of(
        "the last run left these to do, and they do not exist any more: "
            + String.join(", ", missing.subList(0, Math.min(3, missing.size())))
            + more);
  }

  private static boolean isIn(String id, CollectionError error) {
    return id.equals(error.name()) || (!error.file().isEmpty() && id.startsWith(error.file()));
  }

  private static void checkSelected(
      Selection selection, Set<TestId> known, List<CollectionError> errors) throws DiscoveryFailed {
    List<String> missing =
        selection.ids().stream()
            .filter(id -> !known.contains(new TestId(id)))
            .filter(id -> errors.stream().noneMatch(error -> isIn(id, error)))
            .toList();
    if (!missing.isEmpty()) {
      throw new DiscoveryFailed(
          "no test is called '" + named(missing) + nearby(missing, known), "", EXIT_USAGE);
    }
  }

  private static String named(List<String> missing) {
    int shown = Math.min(5, missing.size());
    String more = missing.size() > shown ? " (and " + (missing.size() - shown) + " more)" : "";
    return String.join("', '", missing.subList(0, shown)) + "'" + more;
  }

  private static String nearby(List<String> missing, Set<TestId> known) {
    String wanted = missing.getFirst();
    String tail = wanted.substring(wanted.lastIndexOf(':') + 1);
    List<String> near =
        known.stream()
            .map(TestId::value)
            .filter(id -> id.startsWith(wanted) || (!tail.isEmpty() && id.contains(tail)))
            .sorted()
            .limit(3)
            .toList();
    return near.isEmpty()
        ? "; `offload collect` lists the tests"
        : "; did you mean '" + String.join("', '", near) + "'?";
  }
}
