package dev.offload.engine;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.event.BatchId;
import dev.offload.api.event.RunEvent;
import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.engine.RunMemory.Remembered;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.QuarantineRules;
import dev.offload.engine.discovery.DiscoveryFailed;
import dev.offload.engine.discovery.LocalCommands;
import dev.offload.engine.discovery.TestBuild;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.discovery.TestDiscovery;
import dev.offload.engine.dispatch.DispatchPlan.Continuation;
import dev.offload.engine.dispatch.Message;
import dev.offload.engine.event.EventFanOut;
import dev.offload.engine.image.Images;
import dev.offload.engine.resume.EarlierRun;
import dev.offload.engine.resume.Reaper;
import dev.offload.engine.session.Artifacts;
import dev.offload.engine.session.BatchLogs;
import dev.offload.engine.session.BuiltHere;
import dev.offload.engine.session.SessionContext;
import dev.offload.engine.shard.Shard;
import dev.offload.engine.shard.ShardPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Run a test suite: the whole of it, in one method ([#execute]).
///
/// Configuration comes in, events go out; everything a user sees is made from the events by the
/// reporters. One instance serves one run.
public final class OffloadRun {
  /// Collection errors happen on this machine, before there is any sandbox or batch.
  private static final SandboxId LOCAL = new SandboxId(0);

  private static final BatchId NO_BATCH = new BatchId(0);
  private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(5);

  private final OffloadConfig config;
  private final RunOptions options;
  private final EventFanOut reporters;
  private final Duration configuring;
  private final InstantSource clock = InstantSource.system();
  private final Cancellation cancellation = new Cancellation();

  /// Make it; nothing happens yet.
  ///
  /// @param reporters what to tell the events to, in this order; they are closed at the end
  public OffloadRun(OffloadConfig config, RunOptions options, EventFanOut reporters) {
    this(config, options, reporters, Duration.ZERO);
  }

  /// Make it; nothing happens yet.
  ///
  /// @param reporters what to tell the events to, in this order; they are closed at the end
  /// @param configuring how long it took to read the configuration, which is told as a phase
  public OffloadRun(
      OffloadConfig config, RunOptions options, EventFanOut reporters, Duration configuring) {
    this.config = config;
    this.options = options;
    this.reporters = reporters;
    this.configuring = configuring;
  }

  /// Stop the run: from any thread, more than once. [#execute] closes what is open, writes what is
  /// known and returns.
  ///
  /// @param reason for the user
  /// @param exitCode what the run then ends with
  public void cancel(String reason, int exitCode) {
    cancellation.cancel(reason, exitCode);
  }

  /// Run to the end. Whatever happens is told as events, and every discovered test gets its
  /// verdict.
  ///
  /// @throws OutputFolder.InUse when another run writes to the same output folder; nothing was done
  ///   then
  public RunEnd execute() throws OutputFolder.InUse {
    RunMemory memory = new RunMemory(config, options.recordHistory());
    RunOpening opening = new RunOpening(config.report(), options.resume());
    EventPump events = new EventPump(listeners(opening, memory), clock);
    Instant started = opening.started(clock.instant());
    End end = new End(ExitCodes.INTERNAL, "");
    try {
      opening.tell(runStarted(), events);
      if (!configuring.isZero()) {
        events.accept(new RunEvent.PhaseFinished("configuration", configuring));
      }
      end = phases(opening, memory, events, started);
    } finally {
      Duration duration = Duration.between(started, clock.instant());
      events.accept(new RunEvent.RunFinished(end.exitCode, end.reason, duration));
      events.close();
      opening.close();
    }
    return new RunEnd(end.exitCode, events.results());
  }

  /// The last of the given reporters says what could not be written, so the history goes first.
  private EventFanOut listeners(RunOpening opening, RunMemory memory) {
    EventFanOut all = opening.listeners();
    memory.recorder().ifPresent(recorder -> all.add("history", recorder));
    all.addAllOf(reporters);
    return all;
  }

  /// Set up, discover, dispatch; the image is prepared while tests are discovered.
  private End phases(RunOpening opening, RunMemory memory, EventPump events, Instant started) {
    Sandbox here = null;
    FutureTask<SandboxImage> image = imageTask(events);
    Thread preparing = Thread.ofVirtual().name("image").unstarted(image);
    try {
      here = config.local().start(SandboxImage.NONE, new SandboxSpec(LOCAL, options.runId()));
      LocalCommands commands = new LocalCommands(here);
      cancellation.begin(Thread.currentThread());
      setUp(commands, events);
      reapLeft(opening, events);
      preparing.start();
      TestDiscovery discovery =
          new TestDiscovery(
              config,
              options.selection(),
              commands,
              line -> events.accept(new RunEvent.Progress("discovery", line)));
      Optional<TestCatalog> remembered = Optional.empty();
      RunPlan plan;
      if (opening.earlier().isPresent()) {
        plan = rest(opening.earlier().get(), memory, events);
      } else {
        TestCatalog catalog = shard(discover(discovery, events), memory, events);
        plan = plan(catalog, Continuation.NONE, memory, events, started);
        remembered = Optional.of(catalog).filter(_ -> discovery.isRemembered());
      }
      try (Confirmation confirmation = new Confirmation(remembered, discovery)) {
        Continuation used = dispatch(plan, memory, commands, image, events, started);
        runMissing(confirmation, used, memory, commands, image, events, started);
      }
      return new End(exitCode(events), cancellation.reason());
    } catch (InterruptedException _) {
      return new End(cancellation.exitCode(), cancellation.reason());
    } catch (DiscoveryFailed e) {
      String details = e.details().isBlank() ? "" : "\n" + e.details().strip();
      return new End(e.exitCode(), e.getMessage() + details);
    } catch (SandboxException e) {
      return new End(ExitCodes.NOT_RUN, "no command can be run on this machine: " + e.getMessage());
    } finally {
      cancellation.end();
      image.cancel(true);
      end(preparing);
      close(here, events);
      close(config.provider().provider(), events);
    }
  }

  private RunPlan rest(EarlierRun earlier, RunMemory memory, EventPump events)
      throws DiscoveryFailed, InterruptedException {
    Reaper.reap(earlier, config.provider().provider(), config.local(), events);
    return RunPlan.rest(earlier, config, options.failFast(), memory.remembered());
  }

  private RunPlan plan(
      TestCatalog catalog, Continuation used, RunMemory memory, EventPump events, Instant started)
      throws InterruptedException {
    announce(catalog, events, Duration.between(started, clock.instant()));
    quarantine(catalog, used.equals(Continuation.NONE), events);
    Remembered remembered = memory.remembered();
    if (used.equals(Continuation.NONE)) {
      remembered.warnings().forEach(warning -> events.accept(new RunEvent.Warning(warning)));
    }
    RunPlan plan = RunPlan.of(catalog, config, options.failFast(), remembered, used);
    events.accept(new RunEvent.DurationsExpected(plan.expected()));
    return plan;
  }

  /// Run what the remembered list lacked, which is nothing where it could be trusted.
  private void runMissing(
      Confirmation confirmation,
      Continuation used,
      RunMemory memory,
      LocalCommands commands,
      FutureTask<SandboxImage> image,
      EventPump events,
      Instant started)
      throws DiscoveryFailed, InterruptedException {
    cancellation.begin(Thread.currentThread());
    Confirmation.Difference difference = confirmation.difference();
    if (difference.vanished() > 0) {
      events.accept(
          new RunEvent.Warning(
              difference.vanished() == 1
                  ? "1 test of the remembered list is not there any more"
                  : difference.vanished()
                      + " tests of the remembered list are not there any more"));
    }
    if (difference.missing().size() > 0) {
      RunPlan plan = plan(difference.missing(), used, memory, events, started);
      dispatch(plan, memory, commands, image, events, started);
    }
  }

  private int exitCode(EventPump events) {
    events.settle();
    return cancellation.isCancelled() ? cancellation.exitCode() : ExitCodes.of(events.results());
  }

  private void setUp(LocalCommands commands, EventPump events)
      throws DiscoveryFailed, SandboxException, InterruptedException {
    String line = config.run().setupCommand();
    if (line.isEmpty()) {
      return;
    }
    try (Phase _ = new Phase("setup", events)) {
      CommandOutput output = commands.run(Command.shell(line));
      if (!output.exit().isSuccess()) {
        throw new DiscoveryFailed(
            "`setup_command` failed (%s): %s".formatted(output.exit().inWords(), line),
            output.stdout() + output.stderr(),
            ExitCodes.CONFIGURATION);
      }
    }
  }

  private FutureTask<SandboxImage> imageTask(EventPump events) {
    return new FutureTask<>(() -> {
      try (Phase _ = new Phase("image", events)) {
        if (options.imageId().isPresent()) {
          return new SandboxImage(options.imageId().get());
        }
        return Images.of(config.provider()).get(options.useImageCache(), imageProgress(events));
      }
    });
  }

  private static ProgressSink imageProgress(EventPump events) {
    return new ProgressSink() {
      @Override
      public void line(String text) {
        events.accept(new RunEvent.Progress("image", text));
      }

      @Override
      public void warning(String text) {
        events.accept(new RunEvent.Warning(text));
      }
    };
  }

  /// Wait for the end of the image's preparation, which was cancelled unless it was over.
  private static void end(Thread preparing) {
    try {
      if (preparing.getState() != Thread.State.NEW) {
        boolean _ = preparing.join(CANCEL_PATIENCE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Close what a killed run left that is not gone on with.
  private void reapLeft(RunOpening opening, EventPump events) throws InterruptedException {
    Optional<EarlierRun> left = opening.left(config.provider().type());
    if (left.isPresent()) {
      int known = left.get().openSandboxes().size();
      int gone =
          Reaper.reap(
              left.get(),
              config.provider().provider(),
              config.local(),
              event -> {
                if (event instanceof RunEvent.Degraded) {
                  events.accept(event);
                }
              });
      if (known > 0) {
        events.accept(
            new RunEvent.Warning(
                "closed %d of %d sandboxes that a killed run had left".formatted(gone, known)));
      }
    }
  }

  private TestCatalog discover(TestDiscovery discovery, EventPump events)
      throws DiscoveryFailed, InterruptedException {
    try (Phase _ = new Phase("discovery", events)) {
      TestCatalog catalog = discovery.list();
      // All shards of a suite must be cut from the list that is right.
      boolean again = options.selection().shard() != null && discovery.isRemembered();
      return again ? discovery.listAgain() : catalog;
    }
  }

  /// Take this run's share of the tests.
  private TestCatalog shard(TestCatalog whole, RunMemory memory, EventPump events)
      throws InterruptedException {
    Shard shard = options.selection().shard();
    if (shard == null) {
      return whole;
    }
    ShardPlan plan = ShardCut.of(memory, whole, shard);
    events.accept(plan.event());
    return plan.catalog();
  }

  /// Tell what was found. What could not be collected is a failed test already.
  private static void announce(TestCatalog catalog, EventPump events, Duration now) {
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
  }

  /// Make what all batches of a framework need, once and here. Where that fails no test can run.
  private Map<TestFramework, BuiltHere> build(
      RunPlan plan, LocalCommands commands, EventPump events)
      throws DiscoveryFailed, InterruptedException {
    TestBuild build = new TestBuild(commands, config.provider().provider().sharesFiles());
    List<TestBuild.Job> jobs = build.jobs(plan.work());
    if (jobs.isEmpty()) {
      return Map.of();
    }
    try (Phase _ = new Phase("build", events)) {
      return build.run(jobs, warning -> events.accept(new RunEvent.Warning(warning)));
    } catch (DiscoveryFailed e) {
      for (SessionContext.Work work : plan.work()) {
        events.accept(new RunEvent.TestDecided(work.test().id(), Verdict.NOT_RUN, e.getMessage()));
      }
      throw e;
    }
  }

  /// Tell which tests are quarantined. A rule that fits no test of the whole suite is worth
  /// knowing.
  private void quarantine(TestCatalog catalog, boolean whole, EventPump events) {
    Map<QuarantineRules.Rule, List<TestId>> tests = new LinkedHashMap<>();
    for (TestId id : config.quarantine().rules().isEmpty() ? List.<TestId>of() : catalog.ids()) {
      config
          .quarantine()
          .of(id)
          .ifPresent(rule -> tests.computeIfAbsent(rule, _ -> new ArrayList<>()).add(id));
    }
    config
        .quarantine()
        .rules()
        .forEach(rule -> {
          List<TestId> ids = tests.getOrDefault(rule, List.of());
          if (!ids.isEmpty()) {
            events.accept(new RunEvent.TestsQuarantined(rule.quarantine(), ids));
          } else if (whole && options.selection().isEverything()) {
            events.accept(
                new RunEvent.Warning(
                    rule.place() + ": the quarantine of '" + rule.test() + "' fits no test"));
          }
        });
  }

  /// Run the tests of a plan.
  ///
  /// @return how another part of this run goes on after it
  private Continuation dispatch(
      RunPlan plan,
      RunMemory memory,
      LocalCommands commands,
      FutureTask<SandboxImage> image,
      EventPump events,
      Instant started)
      throws DiscoveryFailed, InterruptedException {
    if (plan.work().isEmpty()) {
      return plan.dispatch().continuation();
    }
    Map<TestFramework, BuiltHere> built = build(plan, commands, events);
    SessionContext context =
        new SessionContext(
            options.runId(),
            config.provider().provider(),
            image,
            plan.work(),
            built,
            config.provider().env(),
            options.failFast(),
            config.provider().retry(),
            config.provider().silence(),
            new BatchLogs(
                config.report().outputDirectory().resolve(OutputFolder.LOGS),
                problem -> events.accept(new RunEvent.Degraded(problem))),
            new Artifacts(
                config.report().outputDirectory(),
                config.report().artifacts(),
                warning -> events.accept(new RunEvent.Warning(warning))),
            warning -> events.accept(new RunEvent.Warning(warning)));
    RunLoop loop = new RunLoop(plan.dispatch(), context, events, clock);
    cancellation.redirect(reason -> loop.post(new Message.Cancel(reason)));
    memory.learn(loop.run(started), events);
    return loop.used();
  }

  private RunEvent.RunStarted runStarted() {
    return new RunEvent.RunStarted(
        options.runId(),
        options.version(),
        config.file().toString(),
        config.provider().type(),
        config.frameworks().values().stream()
            .map(OffloadConfig.FrameworkChoice::type)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", ")),
        config.run().maxParallel());
  }

  private static void close(@Nullable Sandbox sandbox, EventPump events) {
    try {
      if (sandbox != null) {
        sandbox.close();
      }
    } catch (SandboxException e) {
      events.accept(new RunEvent.Degraded("local commands did not end: " + e.getMessage()));
    }
  }

  private static void close(SandboxProvider provider, EventPump events) {
    try {
      provider.close();
    } catch (SandboxException e) {
      events.accept(new RunEvent.Degraded("not everything was closed: " + e.getMessage()));
    }
  }

  private record End(int exitCode, String reason) {}

  /// Tell when a phase begins and ends.
  private static final class Phase implements AutoCloseable {
    private final String name;
    private final EventPump events;
    private final long began = System.nanoTime();

    Phase(String name, EventPump events) {
      this.name = name;
      this.events = events;
      events.accept(new RunEvent.PhaseStarted(name));
    }

    @Override
    public void close() {
      events.accept(new RunEvent.PhaseFinished(name, Duration.ofNanos(System.nanoTime() - began)));
    }
  }
}
