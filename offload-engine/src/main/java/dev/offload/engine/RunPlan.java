package dev.offload.engine;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.TestCase;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import dev.offload.engine.discovery.DiscoveryFailed;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Continuation;
import dev.offload.engine.dispatch.DispatchPlan.Earlier;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.resume.EarlierRun;
import dev.offload.engine.session.SessionContext.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Turn tests into what the dispatcher plans with and what sandboxes work with; both name tests by
/// the same index.
///
/// @param dispatch what is dispatched, and by which rules
/// @param work how each test is run
record RunPlan(DispatchPlan dispatch, List<Work> work) {

  /// Plan all of a catalog.
  static RunPlan of(
      TestCatalog catalog, OffloadConfig config, boolean failFast, Map<String, Duration> previous) {
    Builder plan = new Builder(config, previous);
    for (TestCatalog.Group group : catalog.groups()) {
      group.tests().forEach(test -> plan.add(test, group.settings(), Earlier.NONE));
    }
    return plan.build(failFast, Continuation.NONE);
  }

  /// Plan what a killed run left undecided; its failures count.
  ///
  /// @throws DiscoveryFailed when the configuration has lost a group since
  static RunPlan rest(
      EarlierRun run, OffloadConfig config, boolean failFast, Map<String, Duration> previous)
      throws DiscoveryFailed {
    Builder plan = new Builder(config, previous);
    for (RunEvent.TestsDiscovered group : run.groups()) {
      GroupSettings settings =
          config.groups().stream()
              .filter(known -> known.name().equals(group.group()))
              .findFirst()
              .orElseThrow(() -> lostGroup(group.group()));
      for (TestCase test : group.tests()) {
        EarlierRun.Progress progress = run.progress(test.id());
        if (!progress.decided()) {
          plan.add(test, settings, new Earlier(progress.attempts(), progress.failures()));
        }
      }
    }
    return plan.build(failFast, new Continuation(run.sandboxes(), run.batches()));
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
    private static final Duration BATCH_OVERHEAD = Duration.ofMillis(500);
    private static final Duration CANCEL_GRACE = Duration.ofSeconds(10);

    /// Longer command lines fail on some systems.
    private static final int LONGEST_COMMAND = 30_000;

    private final OffloadConfig config;
    private final Map<String, Duration> previous;
    private final List<PlannedTest> planned = new ArrayList<>();
    private final List<Work> work = new ArrayList<>();

    Builder(OffloadConfig config, Map<String, Duration> previous) {
      this.config = config;
      this.previous = previous;
    }

    void add(TestCase test, GroupSettings group, Earlier earlier) {
      FrameworkChoice choice = config.frameworks().get(group.framework());
      if (choice == null) {
        throw new IllegalStateException("no framework is called " + group.framework());
      }
      planned.add(
          new PlannedTest(
              test.id(),
              test.group(),
              test.file(),
              group.retryCount(),
              group.timeout(),
              previous.getOrDefault(test.id().value(), UNKNOWN),
              group.scheduleIndividually(),
              choice.framework().commandLength(test),
              group.framework(),
              earlier));
      work.add(new Work(test, choice.framework(), choice.env(), group.timeout(), choice.warm()));
    }

    RunPlan build(boolean failFast, Continuation continuation) {
      return new RunPlan(new DispatchPlan(planned, rules(failFast), continuation), work);
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
          BATCH_OVERHEAD,
          budget >= 0 ? budget : Math.max(10, 3 * parallel),
          longest,
          2.0,
          5,
          CANCEL_GRACE);
    }
  }
}
