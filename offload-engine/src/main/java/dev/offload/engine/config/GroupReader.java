package dev.offload.engine.config;

import dev.offload.engine.config.OffloadConfig.GroupSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/// Read `[groups.NAME]`.
///
/// @param frameworks the names of the frameworks
/// @param testTimeout the longest any one test may run, unless its group says otherwise
record GroupReader(SequencedSet<String> frameworks, Duration testTimeout) {

  /// Return the groups in file order.
  List<GroupSettings> read(TomlSettings root) {
    TomlSettings tables = root.table("groups");
    tables.knowEveryKey();
    if (!root.has("groups") || (tables.isTable() && tables.keys().isEmpty())) {
      root.problem("groups", "is missing: give at least one group of tests, such as [groups.all]");
    }
    List<GroupSettings> groups = new ArrayList<>();
    for (String name : tables.keys()) {
      groups.add(group(name, tables.table(name)));
    }
    warnOfUnusedFrameworks(root, groups);
    return groups;
  }

  private GroupSettings group(String name, TomlSettings table) {
    return new GroupSettings(
        name,
        framework(table),
        table.integer("retry_count", 0, 0),
        table.string("filters", ""),
        table.bool("schedule_individual", false),
        table.seconds("timeout_secs", testTimeout),
        maxParallel(table),
        table.bool("fresh_sandbox", false));
  }

  private static int maxParallel(TomlSettings table) {
    boolean serial = table.bool("serial", false);
    int most = table.integer("max_parallel", 0, 0);
    if (serial && table.has("max_parallel") && most > 1) {
      table.problem("max_parallel", "contradicts `serial = true`, which means 1: leave one out");
    }
    return serial ? 1 : most == 0 ? GroupSettings.NO_LIMIT : most;
  }

  private String framework(TomlSettings table) {
    String named = table.string("framework", "");
    if (frameworks.isEmpty()) {
      return named;
    }
    if (!table.has("framework")) {
      return implied(table);
    }
    if (!named.isEmpty() && !frameworks.contains(named)) {
      String meant =
          NearestKey.of(named, frameworks)
              .map(near -> "; did you mean \"" + near + "\"?")
              .orElse("");
      table.problem("framework", "names none of " + String.join(", ", frameworks) + meant);
    }
    return named;
  }

  private String implied(TomlSettings table) {
    if (frameworks.contains(OffloadConfig.DEFAULT_FRAMEWORK) || frameworks.size() == 1) {
      return frameworks.getFirst();
    }
    table.problem("framework", "is missing: it is one of " + String.join(", ", frameworks));
    return frameworks.getFirst();
  }

  private boolean isKnownFramework(GroupSettings group) {
    return frameworks.contains(group.framework());
  }

  private void warnOfUnusedFrameworks(TomlSettings root, List<GroupSettings> groups) {
    Set<String> unused = new HashSet<>(frameworks);
    groups.forEach(group -> unused.remove(group.framework()));
    if (groups.isEmpty() || !groups.stream().allMatch(this::isKnownFramework)) {
      return;
    }
    for (String name : unused) {
      TomlSettings table =
          name.equals(OffloadConfig.DEFAULT_FRAMEWORK) && root.has("framework")
              ? root.table("framework")
              : root.table("frameworks").table(name);
      table.warning("", "is not used by any group");
    }
  }
}
