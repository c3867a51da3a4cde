package dev.offload.engine.discovery;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.settings.CacheFolder;
import dev.offload.engine.RunOptions.Selection;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// List the tests of all groups: with as few commands as the frameworks allow, or, where nothing
/// that decides has changed since, from what was remembered.
public final class TestDiscovery {
  /// Exit code for a configuration that cannot work: a framework that is not installed, a bad
  /// filter.
  private static final int EXIT_CONFIGURATION = 78;

  /// Variables that say nothing of a project and differ from shell to shell.
  private static final Set<String> PASSING =
      Set.of("_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "WINDOWID", "TERM_SESSION_ID");

  private final OffloadConfig config;
  private final Selection selection;
  private final LocalCommands local;
  private final Consumer<String> progress;
  private final DiscoveryCache cache;
  private final List<Pass> passes;
  private final Map<List<String>, Optional<ProjectState>> states = new HashMap<>();
  private final Map<Pass, List<Discovery.Found>> found = new HashMap<>();
  private final Set<Pass> remembered = new HashSet<>();

  /// Groups that one command lists.
  private record Pass(FrameworkChoice choice, String text, List<GroupSettings> groups) {
    List<DiscoveryRequest> requests(String folder) {
      return groups.stream()
          .map(group -> new DiscoveryRequest(group.name(), group.filters(), folder, choice.env()))
          .toList();
    }

    Step step(String folder) {
      Step step = choice.framework().discovery(requests(folder));
      return new Step(step.files(), step.command().withEnv(choice.env()), step.resultFiles());
    }
  }

  /// Make it.
  ///
  /// @param local where discovery commands run
  /// @param progress takes one line for each group, for people
  public TestDiscovery(
      OffloadConfig config, Selection selection, LocalCommands local, Consumer<String> progress) {
    this.config = config;
    this.selection = selection;
    this.local = local;
    this.progress = progress;
    this.cache = new DiscoveryCache(CacheFolder.locate().resolve("discovery"));
    this.passes = passes(config);
  }

  private static List<Pass> passes(OffloadConfig config) {
    Map<List<String>, Pass> passes = new LinkedHashMap<>();
    for (GroupSettings group : config.groups()) {
      FrameworkChoice choice = config.frameworks().get(group.framework());
      if (choice == null) {
        throw new IllegalStateException("no framework is called " + group.framework());
      }
      String text =
          choice
              .framework()
              .discoveryPass(new DiscoveryRequest(group.name(), group.filters(), "", choice.env()));
      passes
          .computeIfAbsent(
              List.of(group.framework(), text), _ -> new Pass(choice, text, new ArrayList<>()))
          .groups()
          .add(group);
    }
    return List.copyOf(passes.values());
  }

  /// Return the tests, from what was remembered where nothing that decides has changed.
  ///
  /// @throws DiscoveryFailed when a framework cannot answer, or a selected test does not exist
  public TestCatalog list() throws DiscoveryFailed, InterruptedException {
    Map<Pass, Recalled> recalled = recall(passes);
    recalled.forEach((pass, it) -> it.found().ifPresent(list -> found.put(pass, list)));
    remembered.addAll(found.keySet());
    ask(passes.stream().filter(pass -> !found.containsKey(pass)).toList(), recalled);
    passes.forEach(this::tell);
    try {
      return catalog();
    } catch (DiscoveryFailed e) {
      return listAgain();
    }
  }

  private void tell(Pass pass) {
    List<Discovery.Found> answers = found.getOrDefault(pass, List.of());
    for (int i = 0; i < answers.size(); i++) {
      progress.accept(
          "%s %d tests in group '%s'"
              .formatted(
                  remembered.contains(pass) ? "remembered" : "discovered",
                  answers.get(i).tests().size(),
                  pass.groups().get(i).name()));
    }
  }

  /// Return whether some of the list was remembered. It is as good as certain then: [#listAgain]
  /// makes sure.
  public boolean isRemembered() {
    return !remembered.isEmpty();
  }

  /// Return the tests, asking the frameworks for what was remembered.
  ///
  /// @throws DiscoveryFailed when a framework cannot answer, or a selected test does not exist
  public TestCatalog listAgain() throws DiscoveryFailed, InterruptedException {
    states.clear();
    List<Pass> again = List.copyOf(remembered);
    remembered.clear();
    ask(again, recall(again));
    return catalog();
  }

  private TestCatalog catalog() throws DiscoveryFailed {
    Map<String, Discovery.Found> byGroup = new HashMap<>();
    found.forEach((pass, list) -> {
      for (int i = 0; i < pass.groups().size(); i++) {
        byGroup.put(pass.groups().get(i).name(), list.get(i));
      }
    });
    List<Discovery.Found> ordered = new ArrayList<>();
    for (GroupSettings group : config.groups()) {
      Discovery.Found answer = byGroup.get(group.name());
      if (answer == null) {
        throw new IllegalStateException("group " + group.name() + " was not listed");
      }
      ordered.add(answer);
    }
    return TestCatalog.assemble(config.groups(), ordered, selection);
  }

  // ---- asking ----

  private void ask(List<Pass> wanted, Map<Pass, Recalled> keys)
      throws DiscoveryFailed, InterruptedException {
    Semaphore places = new Semaphore(config.run().maxParallelCollection());
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Map<Pass, Future<List<Discovery.Found>>> pending = new LinkedHashMap<>();
      for (Pass pass : wanted) {
        pending.put(
            pass,
            threads.submit(() -> {
              places.acquire();
              try {
                return ask(pass);
              } finally {
                places.release();
              }
            }));
      }
      for (Map.Entry<Pass, Future<List<Discovery.Found>>> one : pending.entrySet()) {
        List<Discovery.Found> answer = result(one.getValue());
        found.put(one.getKey(), answer);
        Recalled key = keys.get(one.getKey());
        if (key != null) {
          remember(one.getKey(), key, answer);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Discovery.Found> result(Future<List<Discovery.Found>> future)
      throws DiscoveryFailed, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case DiscoveryFailed failed -> throw failed;
        case SandboxException broken ->
            throw new DiscoveryFailed(
                "discovery could not run: " + broken.getMessage(), "", EXIT_CONFIGURATION);
        case null, default -> throw new IllegalStateException("discovery failed", e.getCause());
      }
    }
  }

  private List<Discovery.Found> ask(Pass pass)
      throws DiscoveryFailed, SandboxException, InterruptedException {
    String folder = local.newFolder();
    CommandOutput output = local.run(pass.step(folder), folder);
    TestFramework framework = pass.choice().framework();
    List<Discovery> answers = framework.readDiscovery(pass.requests(folder), output);
    List<Discovery.Found> found = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      switch (answers.get(i)) {
        case Discovery.Found answer -> found.add(answer);
        case Discovery.Failed failed ->
            throw new DiscoveryFailed(
                "group '" + pass.groups().get(i).name() + "': " + failed.message(),
                failed.details(),
                EXIT_CONFIGURATION);
      }
    }
    return found;
  }

  // ---- remembering ----

  /// What decides about a pass, and what is remembered of it.
  ///
  /// @param name of the pass in the cache
  /// @param state a sum of all that decides
  private record Recalled(
      String name, String state, ProjectState files, Optional<List<Discovery.Found>> found) {}

  private Map<Pass, Recalled> recall(List<Pass> wanted) {
    Map<Pass, Recalled> recalled = new HashMap<>();
    if (config.run().discoveryCache()) {
      wanted.forEach(pass -> recall(pass).ifPresent(it -> recalled.put(pass, it)));
    }
    return recalled;
  }

  private Optional<Recalled> recall(Pass pass) {
    List<String> endings = pass.choice().framework().discoveryInputs();
    if (endings.isEmpty()) {
      return Optional.empty();
    }
    return states
        .computeIfAbsent(endings, _ -> ProjectState.read(project(), leftOut(), endings))
        .map(files -> {
          String name = name(pass);
          String state = state(pass, files);
          return new Recalled(name, state, files, cache.find(name, state));
        });
  }

  /// Remember an answer, unless a file was changed while it was made.
  private void remember(Pass pass, Recalled key, List<Discovery.Found> answer) {
    List<String> endings = pass.choice().framework().discoveryInputs();
    if (key.files().isStill(project(), leftOut(), endings)) {
      cache.remember(key.name(), key.state(), answer);
    }
  }

  private Path project() {
    return config.run().workingDirectory();
  }

  private Path leftOut() {
    return config.report().outputDirectory();
  }

  private String name(Pass pass) {
    Sum sum = new Sum();
    sum.add(project().toString());
    sum.add(config.file().toAbsolutePath().normalize().toString());
    sum.add(pass.choice().type());
    sum.add(pass.text());
    return sum.text();
  }

  private static String state(Pass pass, ProjectState files) {
    Sum sum = new Sum();
    sum.add(files.sum());
    Step step = pass.step("");
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
