package dev.offload.engine;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.event.RunEvent;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.engine.RunMemory.Remembered;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.DiscoveryFailed;
import dev.offload.engine.discovery.LocalCommands;
import dev.offload.engine.discovery.TestBuild;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.discovery.TestDiscovery;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Foreseen;
import dev.offload.engine.dispatch.Message;
import dev.offload.engine.event.EventFanOut;
import dev.offload.engine.image.Images;
import dev.offload.engine.resume.EarlierRun;
import dev.offload.engine.resume.Reaper;
import dev.offload.engine.session.Artifacts;
import dev.offload.engine.session.BatchLogs;
import dev.offload.engine.session.BuiltHere;
import dev.offload.engine.session.RunImage;
import dev.offload.engine.session.SessionContext;
import dev.offload.engine.shard.Shard;
import dev.offload.engine.shard.ShardPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Run a test suite: the whole of it, in one method ([#execute]).
///
/// Configuration comes in, events go out; everything a user sees is made from the events by the
/// reporters. One instance serves one run.
public final class OffloadRun {
  private static final TestCatalog NO_TESTS = new TestCatalog(List.of(), List.of());

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

  /// The history is last, as it is written while the others end.
  private EventFanOut listeners(RunOpening opening, RunMemory memory) {
    EventFanOut all = opening.listeners();
    all.addAllOf(reporters);
    memory.recorder().ifPresent(recorder -> all.add("history", recorder));
    return all;
  }

  /// Set up, discover, dispatch; the image is prepared while tests are discovered.
  private End phases(RunOpening opening, RunMemory memory, EventPump events, Instant started) {
    Sandbox here = null;
    RunImage image = image(events);
    try {
      here =
          config
              .local()
              .start(SandboxImage.NONE, new SandboxSpec(TestIntake.LOCAL, options.runId()));
      LocalCommands commands = new LocalCommands(here);
      cancellation.begin(Thread.currentThread());
      setUp(commands, events);
      reapLeft(opening, events);
      image.begin();
      run(opening, memory, commands, image, events, started);
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
      image.close();
      close(here, events);
      close(config.provider().provider(), events);
    }
  }

  /// Run the tests while they are discovered, or what a killed run left.
  private void run(
      RunOpening opening,
      RunMemory memory,
      LocalCommands commands,
      RunImage image,
      EventPump events,
      Instant started)
      throws DiscoveryFailed, InterruptedException {
    TestBuild build = TestBuild.of(config, commands);
    TestIntake intake =
        new TestIntake(
            config,
            options,
            build,
            memory,
            events,
            started,
            clock,
            (work, built) -> new RunLoop(context(work, built, image, events), events, clock));
    RunLoop loop = intake.loop();
    image.whenSettled(() -> loop.post(new Message.ImageReady()));
    cancellation.redirect(reason -> loop.post(new Message.Cancel(reason)));
    RunPlan rest =
        opening.earlier().isPresent() ? rest(opening.earlier().get(), memory, events) : null;
    Listing.Source source =
        rest == null
            ? () -> discover(build, memory, intake, events)
            : () -> {
              intake.take(rest, true);
              intake.end(false);
            };
    try (Listing listing = new Listing(source, loop)) {
      Remembered remembered = memory.remembered();
      DispatchPlan plan =
          rest == null
              ? RunPlan.of(NO_TESTS, config, options.failFast(), remembered)
                  .dispatch()
                  .opening(foreseen(remembered))
              : rest.dispatch().opening(Foreseen.NOTHING);
      loop.run(plan, started).ifPresent(costs -> memory.learn(costs, events));
      if (!cancellation.isCancelled()) {
        listing.check();
      }
    }
  }

  /// The tests of before are likely to be those of now, when all are wanted.
  private Foreseen foreseen(Remembered remembered) {
    return options.selection().isEverything() ? remembered.foreseen() : Foreseen.NOTHING;
  }

  private RunPlan rest(EarlierRun earlier, RunMemory memory, EventPump events)
      throws DiscoveryFailed, InterruptedException {
    Reaper.Gone _ = reap(earlier, events);
    return RunPlan.rest(earlier, config, options.failFast(), memory.remembered());
  }

  /// Find the tests. The phase ends when the first of them are known.
  private void discover(TestBuild build, RunMemory memory, TestIntake intake, EventPump events)
      throws DiscoveryFailed, InterruptedException {
    try (Phase phase = new Phase("discovery", events)) {
      TestDiscovery discovery =
          new TestDiscovery(
              config,
              options.selection(),
              build.local(),
              build.folders(),
              line -> events.accept(new RunEvent.Progress("discovery", line)));
      TestDiscovery.Receiver receiver = intake.until(phase::close);
      Shard shard = options.selection().shard();
      if (shard == null) {
        discovery.discover(receiver);
      } else {
        // All shards of a suite must be cut from the list that is right.
        ShardPlan part = ShardCut.of(memory, discovery.listForCertain(), shard);
        events.accept(part.event());
        receiver.found(part.catalog(), true);
      }
    }
    memory.remembered().warnings().forEach(warning -> events.accept(new RunEvent.Warning(warning)));
    intake.end(options.selection().isEverything());
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

  private RunImage image(EventPump events) {
    return new RunImage(
        new RunImage.Maker() {
          @Override
          public SandboxImage first() throws SandboxException, InterruptedException {
            if (options.imageId().isPresent()) {
              return new SandboxImage(options.imageId().get());
            }
            try (Phase _ = new Phase("image", events)) {
              return Images.of(config.provider())
                  .get(options.useImageCache(), imageProgress(events));
            }
          }

          @Override
          public SandboxImage again(SandboxImage gone)
              throws SandboxException, InterruptedException {
            if (options.imageId().isPresent()) {
              throw new SandboxException.Fatal(
                  "the image " + gone.id() + ", which this run was told to use, does not exist",
                  null);
            }
            try (Phase _ = new Phase("image", events)) {
              return Images.of(config.provider()).again(gone, imageProgress(events));
            }
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

  /// Close what a killed run left that is not gone on with.
  private void reapLeft(RunOpening opening, EventPump events) throws InterruptedException {
    Optional<EarlierRun> left = opening.left(config.provider().type());
    if (left.isPresent()) {
      int known = left.get().openSandboxes().size();
      Reaper.Gone gone =
          reap(
              left.get(),
              event -> {
                if (event instanceof RunEvent.Degraded) {
                  events.accept(event);
                }
              });
      int all = known + gone.found();
      if (all > 0) {
        events.accept(
            new RunEvent.Warning(
                "closed %d of %d sandboxes that a killed run had left"
                    .formatted(gone.named() + gone.found(), all)));
      }
    }
  }

  private Reaper.Gone reap(EarlierRun left, Consumer<RunEvent> events) throws InterruptedException {
    return Reaper.reap(
        left.runId(), left.openSandboxes(), config.provider().provider(), config.local(), events);
  }

  private SessionContext context(
      List<SessionContext.Work> work,
      Map<TestFramework, BuiltHere> built,
      RunImage image,
      EventPump events) {
    return new SessionContext(
        options.runId(),
        config.provider().provider(),
        image,
        work,
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
}
