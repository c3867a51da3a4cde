package dev.offload.engine;

import dev.offload.api.test.TestCase;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.session.SessionContext.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Turn a catalog into what the dispatcher plans with and what sandboxes work with; both name tests
/// by the same index.
///
/// @param dispatch what is dispatched, and by which rules
/// @param work how each test is run
record RunPlan(DispatchPlan dispatch, List<Work> work) {
  private static final Duration UNKNOWN = Duration.ofSeconds(-1);
  private static final Duration BATCH_OVERHEAD = Duration.ofMillis(500);
  private static final Duration CANCEL_GRACE = Duration.ofSeconds(10);

  /// Longer command lines fail on some systems.
  private static final int LONGEST_COMMAND = 30_000;

  static RunPlan of(
      TestCatalog catalog, OffloadConfig config, boolean failFast, Map<String, Duration> previous) {
    List<PlannedTest> planned = new ArrayList<>();
    List<Work> work = new ArrayList<>();
    for (TestCatalog.Group group : catalog.groups()) {
      FrameworkChoice choice = config.frameworks().get(group.settings().framework());
      if (choice == null) {
        throw new IllegalStateException("no framework is called " + group.settings().framework());
      }
      for (TestCase test : group.tests()) {
        planned.add(
            new PlannedTest(
                test.id(),
                test.group(),
                test.file(),
                group.settings().retryCount(),
                group.settings().timeout(),
                previous.getOrDefault(test.id().value(), UNKNOWN),
                group.settings().scheduleIndividually(),
                choice.framework().commandLength(test)));
        work.add(new Work(test, choice.framework(), choice.env(), group.settings().timeout()));
      }
    }
    return new RunPlan(new DispatchPlan(planned, rules(config, failFast)), work);
  }

  private static Rules rules(OffloadConfig config, boolean failFast) {
    int parallel = config.run().maxParallel();
    int budget = config.provider().retry().startBudget();
    Duration longest =
        config.groups().stream()
            .map(OffloadConfig.GroupSettings::timeout)
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
