package dev.offload.engine;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.engine.RunMemory.Remembered;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import dev.offload.engine.discovery.DiscoveryFailed;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Continuation;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.Earlier;
import dev.offload.engine.dispatch.DispatchPlan.EarlierDeath;
import dev.offload.engine.dispatch.DispatchPlan.GroupRules;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.history.Expectation;
import dev.offload.engine.history.Expectations;
import dev.offload.engine.resume.EarlierRun;
import dev.offload.engine.session.SessionContext.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Turn tests into what the dispatcher plans with and what sandboxes work with; both name tests by
/// the same index.
///
/// @param dispatch what is dispatched, and by which rules
/// @param work how each test is run
record RunPlan(DispatchPlan dispatch, List<Work> work) {

  /// Return how long tests are expected to run, for those of which something is known.
  Map<TestId, Duration> expected() {
    Map<TestId, Duration> expected = HashMap.newHashMap(work.size());
    for (PlannedTest test : dispatch.tests()) {
      if (!test.expected().isNegative()) {
        expected.put(test.id(), test.expected());
      }
    }
    return expected;
  }

  /// Plan all of a catalog.
  static RunPlan of(
      TestCatalog catalog, OffloadConfig config, boolean failFast, Remembered remembered) {
    List<TestCase> tests =
        catalog.groups().stream().flatMap(group -> group.tests().stream()).toList();
    Builder plan = new Builder(config, remembered, tests);
    for (TestCatalog.Group group : catalog.groups()) {
      group.tests().forEach(test -> plan.add(test, group.settings(), Earlier.NONE));
    }
    return plan.build(failFast, Continuation.NONE);
  }

  /// Plan what a killed run left undecided; its failures count.
  ///
  /// @throws DiscoveryFailed when the configuration has lost a group since
  static RunPlan rest(EarlierRun run, OffloadConfig config, boolean failFast, Remembered remembered)
      throws DiscoveryFailed {
    List<TestCase> tests = run.groups().stream().flatMap(group -> group.tests().stream()).toList();
    Builder plan = new Builder(config, remembered, tests);
    for (RunEvent.TestsDiscovered group : run.groups()) {
      GroupSettings settings =
          config.groups().stream()
              .filter(known -> known.name().equals(group.group()))
              .findFirst()
              .orElseThrow(() -> lostGroup(group.group()));
      for (TestCase test : group.tests()) {
        if (!run.progress(test.id()).decided()) {
          plan.add(test, settings, earlier(run, test.id()));
        }
      }
    }
    return plan.build(failFast, new Continuation(run.sandboxes(), run.batches(), run.losses()));
  }

  private static Earlier earlier(EarlierRun run, TestId test) {
    EarlierRun.Progress progress = run.progress(test);
    List<RunEvent.SandboxLost> deaths = run.deathsDuring(test);
    List<EarlierDeath> alone =
        deaths.stream()
            .filter(lost -> lost.inFlight().size() == 1)
            .map(lost -> new EarlierDeath(lost.sandbox(), lost.death()))
            .toList();
    return new Earlier(progress.attempts(), progress.failures(), !deaths.isEmpty(), alone);
  }

  private static DiscoveryFailed lostGroup(String group) {
    return new DiscoveryFailed(
        "the killed run cannot be resumed: the configuration has no group '"
            + group
            + "' any more; run again without --resume",
        "",
        ExitCodes.CONFIGURATION);
  }

  private static final class Builder {
    private static final Duration UNKNOWN = Duration.ofSeconds(-1);
    private static final Duration CANCEL_GRACE = Duration.ofSeconds(10);

    /// Where a test that is late costs the whole run its time, a second copy soon costs little.
    private static final double HEDGE_AFTER = 1.3;

    /// Longer command lines fail on some systems.
    private static final int LONGEST_COMMAND = 30_000;

    private final OffloadConfig config;
    private final Expectations expectations;
    private final Costs costs;
    private final List<PlannedTest> planned = new ArrayList<>();
    private final List<Work> work = new ArrayList<>();

    Builder(OffloadConfig config, Remembered remembered, List<TestCase> tests) {
      this.config = config;
      this.expectations = remembered.about(tests);
      this.costs = remembered.costs();
    }

    void add(TestCase test, GroupSettings group, Earlier earlier) {
      FrameworkChoice choice = config.frameworks().get(group.framework());
      if (choice == null) {
        throw new IllegalStateException("no framework is called " + group.framework());
      }
      Optional<Expectation> expected = expectations.of(test);
      planned.add(
          new PlannedTest(
              test.id(),
              test.group(),
              test.file(),
              group.retryCount(),
              group.timeout(),
              expected.map(Expectation::usual).orElse(UNKNOWN),
              expected.map(Expectation::high).orElse(UNKNOWN),
              group.scheduleIndividually(),
              choice.framework().commandLength(test),
              group.framework(),
              earlier,
              config.quarantine().of(test.id()).isPresent()));
      work.add(new Work(test, choice.framework(), choice.env(), group.timeout(), choice.warm()));
    }

    RunPlan build(boolean failFast, Continuation continuation) {
      return new RunPlan(new DispatchPlan(planned, rules(failFast), groups(), continuation), work);
    }

    private Map<String, GroupRules> groups() {
      return config.groups().stream()
          .filter(GroupSettings::isRestricted)
          .collect(
              Collectors.toMap(
                  GroupSettings::name,
                  group -> new GroupRules(group.maxParallel(), group.freshSandbox())));
    }

    private Rules rules(boolean failFast) {
      int parallel = config.run().maxParallel();
      int budget = config.provider().retry().startBudget();
      Duration longest =
          config.groups().stream()
              .map(GroupSettings::timeout)
              .max(Duration::compareTo)
              .orElse(config.run().testTimeout());
      return new Rules(
          parallel,
          failFast,
          config.run().hedging(),
          LONGEST_COMMAND,
          costs,
          budget >= 0 ? budget : Math.max(10, 3 * parallel),
          longest,
          HEDGE_AFTER,
          5,
          CANCEL_GRACE);
    }
  }
}
