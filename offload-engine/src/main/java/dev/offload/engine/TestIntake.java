package dev.offload.engine;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.RunEvent;
import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.engine.RunMemory.Remembered;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.QuarantineRules;
import dev.offload.engine.discovery.DiscoveryFailed;
import dev.offload.engine.discovery.TestBuild;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.discovery.TestDiscovery;
import dev.offload.engine.dispatch.Message;
import dev.offload.engine.session.BuiltHere;
import dev.offload.engine.session.SessionContext.Work;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Take the tests of a run as they become known: tell of them, build what they need, plan them, and
/// hand them to the dispatcher. Belongs to the thread that lists them.
final class TestIntake implements TestDiscovery.Receiver {
  /// Collection errors happen on this machine, before there is any sandbox or batch.
  static final SandboxId LOCAL = new SandboxId(0);

  private static final BatchId NO_BATCH = new BatchId(0);

  private final OffloadConfig config;
  private final RunOptions options;
  private final TestBuild build;
  private final RunMemory memory;
  private final EventPump events;
  private final Instant started;
  private final InstantSource clock;
  private final List<Work> work = new CopyOnWriteArrayList<>();
  private final Map<TestFramework, BuiltHere> built = new ConcurrentHashMap<>();
  private final Map<TestId, Integer> indexes = new HashMap<>();
  private final Set<QuarantineRules.Rule> fitting = new HashSet<>();
  private final RunLoop loop;

  /// Make it.
  ///
  /// @param started when the run began
  /// @param loops makes what the tests are handed to, out of how they are run
  TestIntake(
      OffloadConfig config,
      RunOptions options,
      TestBuild build,
      RunMemory memory,
      EventPump events,
      Instant started,
      InstantSource clock,
      Loops loops) {
    this.config = config;
    this.options = options;
    this.build = build;
    this.memory = memory;
    this.events = events;
    this.started = started;
    this.clock = clock;
    this.loop = loops.make(work, built);
  }

  /// Makes a loop.
  interface Loops {
    /// @param work the tests of the run, by index; grows
    /// @param built what was built once for all batches, by framework; grows
    RunLoop make(List<Work> work, Map<TestFramework, BuiltHere> built);
  }

  /// Return what the tests are handed to.
  RunLoop loop() {
    return loop;
  }

  @Override
  public void found(TestCatalog tests, boolean certain)
      throws DiscoveryFailed, InterruptedException {
    Remembered remembered = memory.remembered();
    RunPlan plan = RunPlan.of(tests, config, options.failFast(), remembered);
    loop.tell(() -> {
      announce(tests);
      events.accept(new RunEvent.DurationsExpected(plan.expected()));
    });
    take(plan, certain);
  }

  /// Return the same, with something to be done once the first tests are found.
  TestDiscovery.Receiver until(Runnable first) {
    return new TestDiscovery.Receiver() {
      @Override
      public void found(TestCatalog tests, boolean certain)
          throws DiscoveryFailed, InterruptedException {
        first.run();
        TestIntake.this.found(tests, certain);
      }

      @Override
      public void gone(List<TestId> tests) {
        TestIntake.this.gone(tests);
      }
    };
  }

  /// Take tests that were told of.
  ///
  /// @throws DiscoveryFailed when what they need cannot be built: none of them can run
  void take(RunPlan plan, boolean certain) throws DiscoveryFailed, InterruptedException {
    try {
      build(plan);
    } catch (DiscoveryFailed e) {
      loop.tell(() -> plan.work().forEach(lost -> notRun(lost.test().id(), e.getMessage())));
      throw e;
    }
    int index = work.size();
    for (Work one : plan.work()) {
      indexes.put(one.test().id(), index++);
    }
    work.addAll(plan.work());
    loop.post(new Message.TestsFound(plan.dispatch().tests(), certain));
  }

  @Override
  public void gone(List<TestId> tests) {
    List<Integer> withdrawn = tests.stream().map(indexes::remove).toList();
    loop.post(
        () ->
            events.accept(
                new RunEvent.Warning(
                    tests.size() == 1
                        ? "1 test of the remembered list is not there any more"
                        : tests.size() + " tests of the remembered list are not there any more")),
        new Message.TestsWithdrawn(withdrawn));
  }

  /// Take that there are no more tests.
  ///
  /// @param all whether it is the whole suite: then a quarantine that fits no test is worth knowing
  void end(boolean all) {
    loop.post(
        () -> {
          for (QuarantineRules.Rule rule : config.quarantine().rules()) {
            if (all && !fitting.contains(rule)) {
              events.accept(
                  new RunEvent.Warning(
                      rule.place() + ": the quarantine of '" + rule.test() + "' fits no test"));
            }
          }
        },
        new Message.DiscoveryEnded());
  }

  /// Make what all batches of a framework need, once and here.
  private void build(RunPlan plan) throws DiscoveryFailed, InterruptedException {
    List<TestBuild.Job> jobs = build.jobs(plan.work());
    if (!jobs.isEmpty()) {
      try (Phase _ = new Phase("build", events)) {
        built.putAll(build.run(jobs, warning -> events.accept(new RunEvent.Warning(warning))));
      }
    }
  }

  private void notRun(TestId test, String why) {
    events.accept(new RunEvent.TestDecided(test, Verdict.NOT_RUN, why));
  }

  /// Tell what was found. What could not be collected is a failed test already.
  private void announce(TestCatalog catalog) {
    Duration now = Duration.between(started, clock.instant());
    catalog.warnings().forEach(warning -> events.accept(new RunEvent.Warning(warning)));
    for (TestCatalog.Group group : catalog.groups()) {
      String name = group.settings().name();
      List<TestCase> tests = new ArrayList<>(group.tests());
      for (CollectionError error : group.errors()) {
        tests.add(new TestCase(new TestId(error.name()), name, error.file(), 0, ""));
      }
      events.accept(new RunEvent.TestsDiscovered(name, group.settings().retryCount(), tests));
      for (CollectionError error : group.errors()) {
        TestId id = new TestId(error.name());
        AttemptReport report =
            AttemptReport.of(Outcome.ERRORED, Duration.ZERO, error.message(), error.details());
        events.accept(new RunEvent.AttemptFinished(id, 1, NO_BATCH, LOCAL, now, report));
        events.accept(new RunEvent.TestDecided(id, Verdict.FAILED, error.message()));
      }
    }
    quarantine(catalog);
  }

  /// Tell which tests are quarantined.
  private void quarantine(TestCatalog catalog) {
    Map<QuarantineRules.Rule, List<TestId>> tests = new LinkedHashMap<>();
    for (TestId id : config.quarantine().rules().isEmpty() ? List.<TestId>of() : catalog.ids()) {
      config
          .quarantine()
          .of(id)
          .ifPresent(rule -> tests.computeIfAbsent(rule, _ -> new ArrayList<>()).add(id));
    }
    fitting.addAll(tests.keySet());
    for (QuarantineRules.Rule rule : config.quarantine().rules()) {
      List<TestId> ids = tests.getOrDefault(rule, List.of());
      if (!ids.isEmpty()) {
        events.accept(new RunEvent.TestsQuarantined(rule.quarantine(), ids));
      }
    }
  }
}
