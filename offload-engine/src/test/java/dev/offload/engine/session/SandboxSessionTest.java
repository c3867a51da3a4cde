package dev.offload.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.engine.ShellFramework;
import dev.offload.engine.config.OffloadConfig.ArtifactSettings;
import dev.offload.engine.config.OffloadConfig.RetrySettings;
import dev.offload.engine.config.OffloadConfig.SilenceSettings;
import dev.offload.engine.config.OffloadConfig.WarmSettings;
import dev.offload.engine.dispatch.Action;
import dev.offload.engine.dispatch.Message;
import dev.offload.testkit.Fault;
import dev.offload.testkit.Operation;
import dev.offload.testkit.ScriptedProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxSessionTest {
  private static final SandboxId SB = new SandboxId(1);
  private static final BatchId BATCH = new BatchId(1);

  @TempDir private Path folder;
  private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
  private final List<Message> seen = new ArrayList<>();
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private ScriptedProvider provider;

  @SuppressWarnings("NullAway.Init") // made by each test's call of start
  private SandboxSession session;

  private ArtifactSettings artifacts = ArtifactSettings.NONE;

  @BeforeEach
  void make() {
    provider = ScriptedProvider.running(folder);
  }

  @AfterEach
  void close() throws Exception {
    provider.close();
  }

  private void start(ShellFramework framework) {
    start(
        framework,
        new SilenceSettings(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofMinutes(10)));
  }

  private void start(ShellFramework framework, SilenceSettings silence) {
    start(framework, silence, WarmSettings.DEFAULT);
  }

  private void start(ShellFramework framework, WarmSettings warm) {
    start(
        framework,
        new SilenceSettings(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofMinutes(10)),
        warm);
  }

  private void start(ShellFramework framework, SilenceSettings silence, WarmSettings warm) {
    SessionContext context =
        new SessionContext(
            "run",
            provider,
            image(),
            framework.tests().stream()
                .map(test ->
                    new SessionContext.Work(test, framework, Map.of(), Duration.ofMinutes(5), warm))
                .toList(),
            Map.of(),
            Map.of(),
            false,
            new RetrySettings(
                3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMinutes(1), -1),
            silence,
            new BatchLogs(folder.resolve("logs"), _ -> {}),
            new Artifacts(folder.resolve("output"), artifacts, warnings::add),
            warnings::add);
    session = new SandboxSession(SB, context, inbox::add);
    session.start();
  }

  private static RunImage image() {
    RunImage image =
        new RunImage(
            new RunImage.Maker() {
              @Override
              public SandboxImage first() {
                return SandboxImage.NONE;
              }

              @Override
              public SandboxImage again(SandboxImage gone) {
                return SandboxImage.NONE;
              }
            });
    image.begin();
    return image;
  }

  private void run(ShellFramework framework) throws Exception {
    await(Message.SandboxReady.class);
    session.run(
        new Action.RunBatch(
            SB, BATCH, IntStream.range(0, framework.tests().size()).boxed().toList()));
  }

  /// Return the first message of a kind, keeping those before it.
  private <T extends Message> T await(Class<T> kind) throws InterruptedException {
    while (true) {
      Message message = inbox.poll(2, TimeUnit.MINUTES);
      assertThat(message).as("a %s after %s", kind.getSimpleName(), seen).isNotNull();
      seen.add(message);
      if (kind.isInstance(message)) {
        return kind.cast(message);
      }
    }
  }

  private void closeAndAwait() throws InterruptedException {
    session.close();
    await(Message.SandboxClosed.class);
  }

  private long seen(Class<? extends Message> kind) {
    return seen.stream().filter(kind::isInstance).count();
  }

  @Test
  void tellsEachTestAndThenTheEnd() throws Exception {
    ShellFramework tests = new ShellFramework().test("a", "true").test("b", "false");
    start(tests);

    run(tests);

    assertThat(await(Message.BatchEnded.class).end()).isInstanceOf(Message.BatchEnd.Ended.class);
    assertThat(seen(Message.TestStarted.class)).isEqualTo(2);
    assertThat(seen(Message.TestFinished.class)).isEqualTo(2);
    closeAndAwait();
    assertThat(provider.open()).isEmpty();
  }

  @Test
  void aDeathWhileABatchRunsIsToldOnceAfterWhatArrivedBeforeIt() throws Exception {
    provider.plan(
        Operation.RUN,
        1,
        new Fault.DiesMidOutput(200, Death.of(Death.Cause.OUT_OF_MEMORY, "killed")));
    ShellFramework tests = new ShellFramework().tests(20, "true").test("long", "sleep 300");
    start(tests);

    run(tests);

    assertThat(await(Message.SandboxDied.class).death().cause())
        .isEqualTo(Death.Cause.OUT_OF_MEMORY);
    assertThat(seen(Message.TestFinished.class)).isPositive();
    closeAndAwait();
    assertThat(seen(Message.SandboxDied.class)).isEqualTo(1);
    assertThat(seen(Message.BatchEnded.class)).isZero();
  }

  @Test
  void aDeadSandboxGetsNoOperationButOneClose() throws Exception {
    provider.plan(Operation.UPLOAD, 1, Fault.dies("gone"));
    ShellFramework tests = new ShellFramework(true).test("a", "true");
    start(tests);

    run(tests);
    await(Message.SandboxDied.class);
    session.run(new Action.RunBatch(SB, new BatchId(2), List.of(0)));
    closeAndAwait();

    assertThat(provider.calls(Operation.UPLOAD)).hasSize(1);
    assertThat(provider.calls(Operation.RUN)).isEmpty();
    assertThat(provider.calls(Operation.POLL)).isEmpty();
    assertThat(provider.calls(Operation.CLOSE)).hasSize(1);
  }

  @Test
  void aFailureInPassingIsTriedAgainOnTheSameSandbox() throws Exception {
    provider.planFirst(2, Operation.UPLOAD, Fault.failsInPassing("busy"));
    ShellFramework tests = new ShellFramework(true).test("a", "true");
    start(tests);

    run(tests);

    await(Message.BatchEnded.class);
    assertThat(provider.calls(Operation.UPLOAD)).hasSize(3);
    assertThat(seen(Message.TestFinished.class)).isEqualTo(1);
    closeAndAwait();
  }

  @Test
  void aFailureInPassingThatStaysEndsTheBatchAndNotTheSandbox() throws Exception {
    provider.planFirst(3, Operation.UPLOAD, Fault.failsInPassing("busy"));
    ShellFramework tests = new ShellFramework(true).test("a", "true");
    start(tests);

    run(tests);

    assertThat(await(Message.BatchEnded.class).end())
        .isEqualTo(new Message.BatchEnd.NotStarted("busy"));
    assertThat(provider.calls(Operation.UPLOAD)).hasSize(3);
    closeAndAwait();
  }

  @Test
  void aFatalFailureStopsTheRunWithTheProvidersWords() throws Exception {
    provider.plan(Operation.UPLOAD, 1, Fault.failsForGood("log in first"));
    ShellFramework tests = new ShellFramework(true).test("a", "true");
    start(tests);

    run(tests);

    assertThat(await(Message.Cancel.class).reason()).isEqualTo("log in first");
    assertThat(provider.calls(Operation.UPLOAD)).hasSize(1);
    closeAndAwait();
  }

  @Test
  void aPipeThatEndsWithoutAnEndLineIsNotTheEndOfTheCommand() throws Exception {
    // The wrapper itself is killed: its output ends, and so does the provider's command.
    ShellFramework tests = new ShellFramework().test("a", "kill -9 $PPID; sleep 300");
    start(tests);

    run(tests);

    assertThat(await(Message.SandboxDied.class).death().message()).contains("connection");
    assertThat(seen(Message.BatchEnded.class)).isZero();
    closeAndAwait();
  }

  private static final SilenceSettings SHORT =
      new SilenceSettings(Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofMillis(600));

  @Test
  void aSilentSandboxIsSuspectedAskedAndThenGivenUp() throws Exception {
    provider.plan(Operation.RUN, 1, new Fault.HangsSilently());
    ShellFramework tests = new ShellFramework().test("a", "true");
    start(tests, SHORT);

    run(tests);

    await(Message.SandboxSuspected.class);
    Death death = await(Message.SandboxDied.class).death();
    assertThat(death.cause()).isEqualTo(Death.Cause.LOST);
    assertThat(death.message()).contains("no sign of life");
    assertThat(provider.calls(Operation.POLL)).hasSize(1);
    closeAndAwait();
  }

  @Test
  void whatMayTakeAWhileToBeginIsNotSilentBefore() throws Exception {
    Duration toBegin = Duration.ofSeconds(2);
    provider.needToBegin(toBegin);
    provider.plan(Operation.RUN, 1, new Fault.HangsSilently());
    ShellFramework tests = new ShellFramework().test("a", "true");
    start(tests, SHORT);
    long began = System.nanoTime();

    run(tests);

    assertThat(await(Message.SandboxDied.class).death().cause()).isEqualTo(Death.Cause.LOST);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThan(toBegin.plus(SHORT.lost()));
    closeAndAwait();
  }

  @Test
  void aPollThatKnowsOfTheDeathEndsTheWait() throws Exception {
    provider.plan(Operation.RUN, 1, new Fault.HangsSilently());
    provider.plan(
        Operation.POLL, 1, new Fault.DiesUnseen(Death.of(Death.Cause.EVICTED, "host gone")));
    ShellFramework tests = new ShellFramework().test("a", "true");
    start(
        tests,
        new SilenceSettings(
            Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofMinutes(10)));

    run(tests);

    assertThat(await(Message.SandboxDied.class).death().cause()).isEqualTo(Death.Cause.EVICTED);
    closeAndAwait();
  }

  @Test
  void aSlowTransferIsNoSilenceWhileTheProviderSaysThatTheSandboxLives() throws Exception {
    provider.plan(Operation.UPLOAD, 1, new Fault.IsSlow(Duration.ofSeconds(3)));
    ShellFramework tests = new ShellFramework(true).test("a", "true");
    start(
        tests,
        new SilenceSettings(
            Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofSeconds(30)));

    run(tests);

    assertThat(await(Message.BatchEnded.class).end()).isInstanceOf(Message.BatchEnd.Ended.class);
    assertThat(provider.calls(Operation.POLL)).isNotEmpty();
    closeAndAwait();
  }

  @Test
  void aTransferThatHangsInASilentSandboxIsGivenUp() throws Exception {
    provider.plan(Operation.UPLOAD, 1, new Fault.HangsSilently());
    ShellFramework tests = new ShellFramework(true).test("a", "true");
    start(tests, SHORT);

    run(tests);

    assertThat(await(Message.SandboxDied.class).death().cause()).isEqualTo(Death.Cause.LOST);
    closeAndAwait();
  }

  @Test
  void cancelEndsTheCommandAndSaysSo() throws Exception {
    ShellFramework tests = new ShellFramework().test("a", "sleep 300");
    start(tests);
    run(tests);
    await(Message.TestStarted.class);

    session.cancel(new Action.CancelBatch(SB, BATCH, false));

    assertThat(await(Message.BatchEnded.class).end())
        .isInstanceOf(Message.BatchEnd.Cancelled.class);
    closeAndAwait();
  }

  @Test
  void aSandboxCanBeClosedWhileItStarts() throws Exception {
    provider.plan(Operation.START, 1, new Fault.HangsSilently());
    start(new ShellFramework().test("a", "true"));

    closeAndAwait();

    assertThat(seen).hasSize(1);
    assertThat(provider.open()).isEmpty();
  }

  @Test
  void aStartThatFailsIsSortedByWhatThereIsToDo() throws Exception {
    provider.plan(Operation.START, 1, Fault.unavailable("quota", Duration.ofSeconds(7)));
    start(new ShellFramework().test("a", "true"));

    assertThat(await(Message.SandboxStartFailed.class).failure())
        .isEqualTo(new Message.StartFailure.Unavailable("quota", Duration.ofSeconds(7)));
  }

  @Test
  void aMistakeInAPlugInEndsTheRunInsteadOfHangingIt() throws Exception {
    provider.plan(
        Operation.UPLOAD,
        1,
        new Fault.Fails(() -> {
          throw new IllegalStateException("a bug");
        }));
    ShellFramework tests = new ShellFramework(true).test("a", "true");
    start(tests);

    run(tests);

    assertThat(await(Message.Cancel.class).reason()).contains("internal error", "a bug");
    closeAndAwait();
  }

  // ---- warm processes ----

  private static ShellFramework warmTests() {
    return new ShellFramework()
        .warm()
        .test("a", "true")
        .test("b", "echo of-b; echo errors-of-b >&2; false")
        .test("ends", "kill -9 $$; sleep 300")
        .test("hangs", "sleep 300");
  }

  private Message.BatchEnd runWarm(int batch, Integer... tests) throws Exception {
    session.run(new Action.RunBatch(SB, new BatchId(batch), List.of(tests)));
    return await(Message.BatchEnded.class).end();
  }

  /// Return how many warm processes were started.
  private long processes() throws IOException {
    try (Stream<Path> logs = Files.list(folder.resolve("logs"))) {
      long starts = 0;
      for (Path log : logs.toList()) {
        starts += Files.readString(log).lines().filter(line -> line.endsWith(" starts")).count();
      }
      return starts;
    }
  }

  private String log(String name) throws IOException {
    return Files.readString(folder.resolve("logs").resolve(name));
  }

  @Test
  void oneWarmProcessRunsManyBatchesEachWithItsOwnLog() throws Exception {
    start(warmTests());
    await(Message.SandboxReady.class);

    assertThat(runWarm(1, 0))
        .isInstanceOfSatisfying(
            Message.BatchEnd.Ended.class,
            end -> {
              assertThat(end.end()).isEqualTo("exit code 0");
              assertThat(end.success()).isTrue();
            });
    assertThat(runWarm(2, 1)).isInstanceOf(Message.BatchEnd.Ended.class);
    closeAndAwait();

    assertThat(processes()).isEqualTo(1);
    assertThat(seen(Message.TestFinished.class)).isEqualTo(2);
    assertThat(log("batch-1.stdout.success")).contains("starts").doesNotContain("of-b");
    assertThat(log("batch-2.stdout.success")).isEqualTo("of-b\nerrors-of-b\n");
    assertThat(warnings).containsExactly("sb-1: stopped");
  }

  @Test
  void aWarmProcessThatEndsCostsItsTestAndTheNextBatchGetsANewOne() throws Exception {
    start(warmTests());
    await(Message.SandboxReady.class);
    runWarm(1, 0);

    assertThat(runWarm(2, 2, 1))
        .isInstanceOfSatisfying(
            Message.BatchEnd.Ended.class,
            end -> {
              assertThat(end.abnormal()).isTrue();
              assertThat(end.end()).contains("SIGKILL");
            });
    runWarm(3, 1);

    assertThat(processes()).isEqualTo(2);
    assertThat(seen(Message.TestFinished.class)).isEqualTo(2);
    closeAndAwait();
  }

  @Test
  void aCancelEndsTheWarmProcessAndTheNextBatchGetsANewOne() throws Exception {
    start(warmTests());
    await(Message.SandboxReady.class);
    runWarm(1, 0);
    session.run(new Action.RunBatch(SB, BATCH, List.of(3)));
    await(Message.TestStarted.class);

    session.cancel(new Action.CancelBatch(SB, BATCH, false));

    assertThat(await(Message.BatchEnded.class).end())
        .isInstanceOf(Message.BatchEnd.Cancelled.class);
    assertThat(runWarm(3, 1)).isInstanceOf(Message.BatchEnd.Ended.class);
    assertThat(processes()).isEqualTo(2);
    closeAndAwait();
  }

  @Test
  void aTestRunsInTheSameProcessOnlyOnce() throws Exception {
    start(warmTests());
    await(Message.SandboxReady.class);

    runWarm(1, 1);
    runWarm(2, 1);

    assertThat(processes()).isEqualTo(2);
    assertThat(warnings).containsExactly("sb-1: stopped");
    closeAndAwait();
  }

  @Test
  void aWarmProcessIsReplacedAfterSoManyTestsOrWithSoMuchMemory() throws Exception {
    start(warmTests(), new WarmSettings(true, 1, 0));
    await(Message.SandboxReady.class);
    runWarm(1, 0);
    runWarm(2, 1);
    closeAndAwait();
    assertThat(processes()).isEqualTo(2);

    start(warmTests(), new WarmSettings(true, 0, 6));
    await(Message.SandboxReady.class);
    runWarm(3, 0);
    runWarm(4, 1);
    closeAndAwait();
    assertThat(processes()).isEqualTo(4);
  }

  @Test
  void warmCanBeTurnedOff() throws Exception {
    start(warmTests(), new WarmSettings(false, 0, 0));
    await(Message.SandboxReady.class);
    runWarm(1, 0);
    runWarm(2, 1);
    assertThat(processes()).isZero();
    assertThat(provider.calls(Operation.RUN)).hasSize(2);
    closeAndAwait();
  }

  @Test
  void aConnectionThatBreaksWhileAWarmProcessWorksIsADeadSandbox() throws Exception {
    start(new ShellFramework().warm().test("a", "true").test("breaks", "kill -9 $PPID; sleep 300"));
    await(Message.SandboxReady.class);
    runWarm(1, 0);

    session.run(new Action.RunBatch(SB, BATCH, List.of(1)));

    assertThat(await(Message.SandboxDied.class).death().message()).contains("connection");
    closeAndAwait();
  }

  @Test
  void anOrderThatCannotBePlacedAtFirstIsPlacedAgain() throws Exception {
    start(warmTests());
    await(Message.SandboxReady.class);
    runWarm(1, 0);
    provider.plan(
        Operation.UPLOAD,
        provider.calls(Operation.UPLOAD).size() + 1,
        Fault.failsInPassing("busy"));

    assertThat(runWarm(2, 1)).isInstanceOf(Message.BatchEnd.Ended.class);

    assertThat(processes()).isEqualTo(1);
    closeAndAwait();
  }

  @Test
  void filesOfABatchAreBroughtBackBeforeItEnds() throws Exception {
    artifacts = new ArtifactSettings(List.of("made*.txt"), false, 1_000_000);
    ShellFramework tests = new ShellFramework().test("a", "echo hello >made.txt");
    start(tests);

    run(tests);
    await(Message.BatchEnded.class);

    assertThat(folder.resolve("output/artifacts/sb-1/batch-1/made.txt")).hasContent("hello");
    assertThat(warnings).isEmpty();
    closeAndAwait();
  }

  @Test
  void onlyFailuresBringFilesBackWhereThatIsWished() throws Exception {
    artifacts = new ArtifactSettings(List.of("made*.txt"), true, 1_000_000);
    ShellFramework tests =
        new ShellFramework()
            .test("a", "echo good >made-good.txt")
            .test("b", "echo bad >made-bad.txt; false");
    start(tests);
    await(Message.SandboxReady.class);

    session.run(new Action.RunBatch(SB, new BatchId(1), List.of(0)));
    await(Message.BatchEnded.class);
    session.run(new Action.RunBatch(SB, new BatchId(2), List.of(1)));
    await(Message.BatchEnded.class);

    assertThat(folder.resolve("output/artifacts/sb-1/batch-1")).doesNotExist();
    assertThat(folder.resolve("output/artifacts/sb-1/batch-2/made-bad.txt")).exists();
    assertThat(folder.resolve("output/artifacts/sb-1/batch-2/made-good.txt")).doesNotExist();
    closeAndAwait();
  }

  @Test
  void aDeathWhileFilesAreBroughtBackCostsNothingThatFinished() throws Exception {
    artifacts = new ArtifactSettings(List.of("made*.txt"), false, 1_000_000);
    provider.plan(Operation.DOWNLOAD, 1, Fault.dies("gone"));
    ShellFramework tests = new ShellFramework().test("a", "echo hello >made.txt").test("b", "true");
    start(tests);

    run(tests);
    await(Message.SandboxDied.class);

    assertThat(seen(Message.TestFinished.class)).isEqualTo(2);
    closeAndAwait();
    assertThat(provider.calls(Operation.DOWNLOAD)).hasSize(1);
  }

  @Test
  void filesThatCannotBeFetchedAreAWarning() throws Exception {
    artifacts = new ArtifactSettings(List.of("made*.txt"), false, 1_000_000);
    for (int attempt = 1; attempt <= 3; attempt++) {
      provider.plan(Operation.DOWNLOAD, attempt, Fault.failsInPassing("no route"));
    }
    ShellFramework tests = new ShellFramework().test("a", "echo hello >made.txt");
    start(tests);

    run(tests);

    assertThat(await(Message.BatchEnded.class).end()).isInstanceOf(Message.BatchEnd.Ended.class);
    assertThat(warnings).singleElement().asString().contains("no route");
    closeAndAwait();
  }
}
