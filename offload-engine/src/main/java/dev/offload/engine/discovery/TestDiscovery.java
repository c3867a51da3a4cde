package dev.offload.engine.discovery;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.test.TestId;
import dev.offload.engine.RunOptions.Selection;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import dev.offload.engine.discovery.RememberedLists.Recalled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// List the tests of all groups: with as few commands as the frameworks allow, or, where nothing
/// that decides has changed since, from what was remembered.
public final class TestDiscovery {
  /// Exit code for a configuration that cannot work: a framework that is not installed, a bad
  /// filter.
  private static final int EXIT_CONFIGURATION = 78;

  /// The framework whose tests can have any name.
  private static final String ANY_NAMES = "default";

  private final OffloadConfig config;
  private final Selection selection;
  private final LocalCommands local;
  private final Map<TestFramework, String> buildFolders;
  private final Consumer<String> progress;
  private final RememberedLists lists;
  private final List<ListingPass> passes;
  private final Map<ListingPass, List<Discovery.Found>> found = new HashMap<>();
  private final Set<ListingPass> remembered = new HashSet<>();

  /// Takes tests as they become known.
  public interface Receiver {
    /// Take tests that were not told yet, and what there is to say about them.
    ///
    /// @param certain whether they are there for certain
    void found(TestCatalog tests, boolean certain) throws DiscoveryFailed, InterruptedException;

    /// Take back tests that were told and are not there, or not in the group that was told.
    void gone(List<TestId> tests);
  }

  /// Make it where the tests are only listed.
  ///
  /// @param local where discovery commands run
  /// @param progress takes one line for each group, for people
  public TestDiscovery(
      OffloadConfig config, Selection selection, LocalCommands local, Consumer<String> progress) {
    this(config, selection, local, Map.of(), progress);
  }

  /// Make it.
  ///
  /// @param local where discovery commands run
  /// @param buildFolders where frameworks will build what all tests need
  /// @param progress takes one line for each group, for people
  public TestDiscovery(
      OffloadConfig config,
      Selection selection,
      LocalCommands local,
      Map<TestFramework, String> buildFolders,
      Consumer<String> progress) {
    this.config = config;
    this.selection = selection;
    this.local = local;
    this.buildFolders = selection.isEverything() ? Map.copyOf(buildFolders) : Map.of();
    this.progress = progress;
    this.lists = new RememberedLists(config);
    this.passes = ListingPass.of(config);
  }

  /// Return the tests, from what was remembered where nothing that decides has changed.
  ///
  /// @throws DiscoveryFailed when a framework cannot answer, or a selected test does not exist
  public TestCatalog list() throws DiscoveryFailed, InterruptedException {
    Map<ListingPass, Recalled> recalled = lists.recall(passes);
    recalled.forEach((pass, it) -> it.whole().ifPresent(list -> found.put(pass, list)));
    remembered.addAll(found.keySet());
    remembered.forEach(this::tell);
    ask(passes.stream().filter(pass -> !found.containsKey(pass)).toList(), recalled, () -> {});
    try {
      return catalog(_ -> true);
    } catch (DiscoveryFailed e) {
      return listAgain();
    }
  }

  /// Return the tests, with nothing that was only remembered.
  ///
  /// @throws DiscoveryFailed when a framework cannot answer, or a selected test does not exist
  public TestCatalog listForCertain() throws DiscoveryFailed, InterruptedException {
    TestCatalog list = list();
    return remembered.isEmpty() ? list : listAgain();
  }

  /// Ask the frameworks for what was remembered.
  private TestCatalog listAgain() throws DiscoveryFailed, InterruptedException {
    lists.forgetFiles();
    List<ListingPass> again = List.copyOf(remembered);
    ask(again, lists.recall(again), () -> {});
    return catalog(_ -> true);
  }

  /// Tell the tests as they become known, and return when all are.
  ///
  /// A framework's tests are told when all its commands have answered, and those that are
  /// remembered, and whose files have not changed, at once; then the frameworks' own answers
  /// decide. Where a selection needs the whole list, it is waited for.
  ///
  /// @throws DiscoveryFailed when a framework cannot answer, or a selected test does not exist
  public void discover(Receiver receiver) throws DiscoveryFailed, InterruptedException {
    Portions portions = new Portions(receiver);
    if (selection.needsWholeList()) {
      portions.found(list(), remembered.isEmpty());
      portions.whole(remembered.isEmpty() ? catalog(_ -> true) : listAgain());
      return;
    }
    Map<ListingPass, Recalled> recalled = lists.recall(passes);
    recallUnchanged(recalled);
    remembered.forEach(this::tell);
    tellKnown(portions);
    List<ListingPass> order = new ArrayList<>(passes);
    order.removeAll(remembered);
    order.addAll(remembered);
    ask(order, recalled, () -> tellKnown(portions));
    portions.whole(catalog(_ -> true));
  }

  /// Take what is remembered of files that have not changed. Where the commands of one framework
  /// were remembered at different times, only what none of them saw change counts.
  private void recallUnchanged(Map<ListingPass, Recalled> recalled) {
    Map<ListingPass, Recalled> usable = new HashMap<>();
    Set<String> changed = new HashSet<>();
    recalled.forEach((pass, known) -> {
      TestFramework framework = pass.choice().framework();
      if (known.changed().stream().noneMatch(framework::decidesForOtherFiles)) {
        usable.put(pass, known);
        changed.addAll(known.changed());
      }
    });
    usable.forEach(
        (pass, known) -> known.without(changed).ifPresent(list -> found.put(pass, list)));
    if (!changed.isEmpty()) {
      // Beside a list that is not remembered, those that are only in part could lack what it has.
      found.keySet().removeIf(pass -> !isKnown(pass.groups().getFirst()));
    }
    remembered.addAll(found.keySet());
  }

  private void tellKnown(Portions portions) throws DiscoveryFailed, InterruptedException {
    portions.found(catalog(group -> isReady(group) && isCertain(group)), true);
    TestCatalog unsure = catalog(group -> isReady(group) && !isCertain(group));
    portions.found(new TestCatalog(unsure.groups(), List.of()), false);
  }

  /// Return whether the tests of a group are known, and no other that is not known yet can have
  /// them, because it comes before in the file.
  private boolean isReady(GroupSettings group) {
    for (GroupSettings earlier : config.groups()) {
      if (earlier.name().equals(group.name())) {
        return isKnown(group);
      }
      if (mayShare(earlier, group)
          && !(isCertain(earlier) || (isKnown(earlier) && !isCertain(group)))) {
        return false;
      }
    }
    throw new IllegalStateException("no group is called " + group.name());
  }

  private boolean isKnown(GroupSettings group) {
    return passesOf(group).stream().allMatch(found::containsKey);
  }

  private boolean isCertain(GroupSettings group) {
    return isKnown(group) && passesOf(group).stream().noneMatch(remembered::contains);
  }

  /// Return all commands of a group's framework: they list it together.
  private List<ListingPass> passesOf(GroupSettings group) {
    return passes.stream()
        .filter(pass -> pass.groups().getFirst().framework().equals(group.framework()))
        .toList();
  }

  private boolean mayShare(GroupSettings one, GroupSettings other) {
    String type = type(one);
    return type.equals(type(other)) || type.equals(ANY_NAMES) || type(other).equals(ANY_NAMES);
  }

  private String type(GroupSettings group) {
    return passesOf(group).getFirst().choice().type();
  }

  private void tell(ListingPass pass) {
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

  private TestCatalog catalog(Predicate<GroupSettings> wanted) throws DiscoveryFailed {
    Map<String, Discovery.Found> byGroup = new HashMap<>();
    found.forEach((pass, list) -> {
      for (int i = 0; i < pass.groups().size(); i++) {
        byGroup.put(pass.groups().get(i).name(), list.get(i));
      }
    });
    List<GroupSettings> groups = config.groups().stream().filter(wanted).toList();
    List<Discovery.Found> ordered = new ArrayList<>();
    for (GroupSettings group : groups) {
      Discovery.Found answer = byGroup.get(group.name());
      if (answer == null) {
        throw new IllegalStateException("group " + group.name() + " was not listed");
      }
      ordered.add(answer);
    }
    return TestCatalog.assemble(groups, ordered, selection);
  }

  // ---- asking ----

  /// What is to be done when a command has answered.
  private interface Step {
    void run() throws DiscoveryFailed, InterruptedException;
  }

  /// The answer of one command.
  private record Answer(ListingPass pass, List<Discovery.Found> found) {}

  private void ask(List<ListingPass> wanted, Map<ListingPass, Recalled> keys, Step then)
      throws DiscoveryFailed, InterruptedException {
    Semaphore places = new Semaphore(config.run().maxParallelCollection(), true);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    CompletionService<Answer> answers = new ExecutorCompletionService<>(threads);
    try {
      for (ListingPass pass : wanted) {
        answers.submit(() -> {
          places.acquire();
          try {
            return new Answer(pass, ask(pass));
          } finally {
            places.release();
          }
        });
      }
      for (int left = wanted.size(); left > 0; left--) {
        Answer answer = result(answers.take());
        found.put(answer.pass(), answer.found());
        if (!remembered.remove(answer.pass())) {
          tell(answer.pass());
        }
        Recalled key = keys.get(answer.pass());
        if (key != null) {
          lists.remember(answer.pass(), key, answer.found());
        }
        then.run();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Answer result(Future<Answer> future) throws DiscoveryFailed, InterruptedException {
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

  private List<Discovery.Found> ask(ListingPass pass)
      throws DiscoveryFailed, SandboxException, InterruptedException {
    String folder = local.newFolder();
    TestFramework framework = pass.choice().framework();
    List<DiscoveryRequest> requests =
        pass.requests(folder, buildFolders.getOrDefault(framework, ""));
    CommandOutput output = local.run(pass.step(requests), folder);
    List<Discovery> answers = framework.readDiscovery(requests, output);
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
}
