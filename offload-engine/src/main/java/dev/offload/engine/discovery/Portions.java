package dev.offload.engine.discovery;

import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Own what was told of the tests so far: tell each once, and take back what turns out wrong.
final class Portions {
  private final TestDiscovery.Receiver receiver;
  private final Map<TestId, Place> told = new HashMap<>();
  private final Set<String> errors = new HashSet<>();
  private final Set<String> warnings = new HashSet<>();

  /// How a test is run; one that turns out to be run otherwise is another test.
  private record Place(String group, String selector) {
    static Place of(TestCase test) {
      return new Place(test.group(), test.selector());
    }
  }

  Portions(TestDiscovery.Receiver receiver) {
    this.receiver = receiver;
  }

  /// Tell what of a list was not told yet.
  ///
  /// @param certain whether the tests are there for certain
  void found(TestCatalog list, boolean certain) throws DiscoveryFailed, InterruptedException {
    List<TestCatalog.Group> groups = new ArrayList<>();
    for (TestCatalog.Group group : list.groups()) {
      List<TestCase> tests =
          group.tests().stream().filter(test -> !told.containsKey(test.id())).toList();
      List<CollectionError> broken =
          group.errors().stream().filter(error -> errors.add(error.name())).toList();
      tests.forEach(test -> told.put(test.id(), Place.of(test)));
      if (!tests.isEmpty() || !broken.isEmpty()) {
        groups.add(new TestCatalog.Group(group.settings(), tests, broken));
      }
    }
    List<String> said = list.warnings().stream().filter(warnings::add).toList();
    if (!groups.isEmpty() || !said.isEmpty()) {
      receiver.found(new TestCatalog(groups, said), certain);
    }
  }

  /// Take the list that holds: tell what was missing, and what was told and is not there.
  void whole(TestCatalog list) throws DiscoveryFailed, InterruptedException {
    Map<TestId, Place> there = new HashMap<>();
    for (TestCatalog.Group group : list.groups()) {
      group.tests().forEach(test -> there.put(test.id(), Place.of(test)));
    }
    List<TestId> gone =
        told.entrySet().stream()
            .filter(entry -> !entry.getValue().equals(there.get(entry.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    if (!gone.isEmpty()) {
      gone.forEach(told::remove);
      receiver.gone(gone);
    }
    found(list, true);
  }
}
