package dev.offload.engine.discovery;

import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.Step;
import dev.offload.api.settings.CacheFolder;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.DiscoveryCache.Entry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Own what earlier runs listed, and what decides whether that still holds.
final class RememberedLists {
  /// Variables that say nothing of a project and differ from shell to shell.
  private static final Set<String> PASSING =
      Set.of("_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "WINDOWID", "TERM_SESSION_ID");

  private final OffloadConfig config;
  private final DiscoveryCache cache;
  private final Map<List<String>, Optional<ProjectState>> states = new HashMap<>();

  RememberedLists(OffloadConfig config) {
    this.config = config;
    cache = new DiscoveryCache(CacheFolder.locate().resolve("discovery"));
  }

  /// What decides about a pass, and what is remembered of it.
  ///
  /// @param name of the pass in the cache
  /// @param state a sum of all that decides beside the files
  record Recalled(String name, String state, ProjectState files, Optional<Entry> entry) {
    /// Return the files that are not as they were.
    Set<String> changed() {
      return entry.map(it -> it.changed(files.sums())).orElse(Set.of());
    }

    /// Return what was found, if no file has changed since.
    Optional<List<Discovery.Found>> whole() {
      return entry.filter(_ -> changed().isEmpty()).map(Entry::groups);
    }

    /// Return what was found in other files than these.
    Optional<List<Discovery.Found>> without(Set<String> changed) {
      return entry.map(it ->
          it.groups().stream()
              .map(found ->
                  new Discovery.Found(
                      found.tests().stream()
                          .filter(test -> !changed.contains(test.file()))
                          .toList(),
                      List.of(),
                      List.of()))
              .toList());
    }
  }

  /// Look at the files again the next time.
  void forgetFiles() {
    states.clear();
  }

  /// Return what is remembered of these passes; nothing of those that can never be remembered.
  Map<ListingPass, Recalled> recall(List<ListingPass> wanted) {
    Map<ListingPass, Recalled> recalled = new HashMap<>();
    if (config.run().discoveryCache()) {
      wanted.forEach(pass -> recall(pass).ifPresent(it -> recalled.put(pass, it)));
    }
    return recalled;
  }

  private Optional<Recalled> recall(ListingPass pass) {
    List<String> endings = pass.choice().framework().discoveryInputs();
    if (endings.isEmpty()) {
      return Optional.empty();
    }
    return states
        .computeIfAbsent(endings, _ -> ProjectState.read(project(), leftOut(), endings))
        .map(files -> {
          String name = name(pass);
          String state = state(pass);
          return new Recalled(name, state, files, cache.find(name, state));
        });
  }

  /// Remember an answer, unless a file was changed while it was made.
  void remember(ListingPass pass, Recalled key, List<Discovery.Found> answer) {
    List<String> endings = pass.choice().framework().discoveryInputs();
    if (key.files().isStill(project(), leftOut(), endings)) {
      cache.remember(key.name(), new Entry(key.state(), key.files().sums(), answer));
    }
  }

  private Path project() {
    return config.run().workingDirectory();
  }

  private Path leftOut() {
    return config.report().outputDirectory();
  }

  private String name(ListingPass pass) {
    Sum sum = new Sum();
    sum.add(project().toString());
    sum.add(config.file().toAbsolutePath().normalize().toString());
    sum.add(pass.choice().type());
    sum.add(pass.text());
    return sum.text();
  }

  private static String state(ListingPass pass) {
    Sum sum = new Sum();
    Step step = pass.step(pass.requests("", ""));
    for (PlacedFile file : step.files()) {
      sum.add(file.name());
      sum.add(file.content());
    }
    step.command().argv().forEach(sum::add);
    new TreeMap<>(step.command().env()).forEach((name, value) -> addVariable(sum, name, value));
    new TreeMap<>(System.getenv()).forEach((name, value) -> addVariable(sum, name, value));
    pass.groups()
        .forEach(group -> {
          sum.add(group.name());
          sum.add(group.filters());
        });
    return sum.text();
  }

  private static void addVariable(Sum sum, String name, String value) {
    if (!PASSING.contains(name) && !name.startsWith("SSH_")) {
      sum.add(name);
      sum.add(value);
    }
  }
}
