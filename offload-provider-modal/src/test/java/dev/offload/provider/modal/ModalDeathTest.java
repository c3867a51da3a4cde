package dev.offload.provider.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.offload.api.command.Command;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Death.Cause;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.testkit.FakeModal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How sandboxes, their hosts and the bridge end, and what is made of it.
@Tag("tools")
@Timeout(120)
class ModalDeathTest {
  private static final Command CHATTY = Command.shell("while :; do echo alive; sleep 0.05; done");

  private static FakeModal modal;

  @TempDir private Path project;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<SandboxProvider> providers = new ArrayList<>();
  private int numbers;

  @BeforeAll
  static void startServer() throws IOException {
    modal = Providers.server();
  }

  @AfterAll
  static void endServer() throws IOException {
    modal.close();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (SandboxProvider provider : providers) {
      provider.close();
    }
    threads.shutdownNow();
    assertThat(modal.sandboxes()).isEmpty();
  }

  private SandboxProvider provider(int version) {
    SandboxProvider provider = Providers.of(modal, version, project, Map.of());
    providers.add(provider);
    return provider;
  }

  private Sandbox start(SandboxProvider provider) throws SandboxException, InterruptedException {
    numbers++;
    return provider.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(numbers), "deaths"));
  }

  /// A way to die.
  ///
  /// @param status Modal's status
  private record Way(int status, int exitCode, Cause cause) {}

  private static final List<Way> WAYS =
      List.of(
          new Way(1, 0, Cause.EXITED),
          new Way(2, 1, Cause.EXITED),
          new Way(2, 137, Cause.OUT_OF_MEMORY),
          new Way(3, 137, Cause.EVICTED),
          new Way(4, 124, Cause.LIFETIME_OVER),
          new Way(5, 0, Cause.NEVER_STARTED),
          new Way(6, 0, Cause.UNKNOWN),
          new Way(7, 0, Cause.IDLE),
          new Way(8, 0, Cause.OUT_OF_MEMORY));

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyDeathInTheMiddleOfACommandIsToldAndNothingIsAskedOfTheDead(int version)
      throws Exception {
    SandboxProvider provider = provider(version);
    for (Way way : WAYS) {
      Sandbox sandbox = start(provider);
      Future<?> running = runs(sandbox, CHATTY);

      double killed = modal.kill(sandbox.handle(), way.status(), way.exitCode());

      Death death = sandbox.awaitDeath();
      assertThat(death.cause()).as(way.toString()).isEqualTo(way.cause());
      assertThat(catchThrowable(running::get)).hasCauseInstanceOf(SandboxDead.class);
      assertThatThrownBy(() -> sandbox.run(CHATTY, OutputSink.discard()))
          .isInstanceOf(SandboxDead.class);
      assertThatThrownBy(() -> sandbox.upload(project, "x")).isInstanceOf(SandboxDead.class);
      assertThat(sandbox.poll()).isInstanceOf(Liveness.Dead.class);
      sandbox.close();
      List<String> calls = modal.calls(sandbox.handle(), killed);
      assertThat(calls.stream().filter(call -> call.startsWith("SandboxWait"))).hasSizeLessThan(2);
      assertThat(calls.stream().filter(call -> call.startsWith("SandboxTerminate")))
          .hasSizeLessThan(2);
      assertThat(calls)
          .as(way + " is not asked again")
          .allMatch(call -> call.startsWith("SandboxWait") || call.startsWith("SandboxTerminate"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void anIdleSandboxThatDiesWithCodeZeroIsDead(int version) throws Exception {
    Sandbox sandbox = start(provider(version));
    modal.kill(sandbox.handle(), 7, 0);
    assertThat(sandbox.awaitDeath())
        .isEqualTo(new Death(Cause.IDLE, java.util.OptionalInt.of(0), "it was idle for too long"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"freeze", "refuse"})
  void aHostThatIsGoneHoldsNobody(String how) throws Exception {
    Sandbox sandbox = start(provider(2));
    Future<?> running = runs(sandbox, CHATTY);
    modal.order("{\"do\": \"" + how + "\", \"sandbox\": \"" + sandbox.handle() + "\"}");
    // Modal's control plane knows nothing of it: that the command is silent is for the engine.
    assertThat(sandbox.poll()).isInstanceOf(Liveness.Alive.class);
    sandbox.close();
    assertThat(catchThrowable(() -> running.get(20, TimeUnit.SECONDS)))
        .hasCauseInstanceOf(SandboxDead.class);
  }

  /// The host knows at once that it is gone, and the control plane tells of it only later.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aCommandThatIsCutOffBeforeTheDeathIsToldHoldsNobody(int version) throws Exception {
    Sandbox sandbox = start(provider(version));
    Future<?> running = runs(sandbox, CHATTY);
    modal.order(
        "{\"do\": \"kill\", \"sandbox\": \""
            + sandbox.handle()
            + "\", \"status\": 8, \"exitcode\": 0, \"tell_after\": 3}");
    assertThat(catchThrowable(() -> running.get(20, TimeUnit.SECONDS)))
        .hasCauseInstanceOf(SandboxException.class);
    assertThat(sandbox.awaitDeath().cause()).isEqualTo(Cause.OUT_OF_MEMORY);
  }

  @Test
  void aStreamThatBreaksOnceIsReadOnWhereItBroke() throws Exception {
    Sandbox sandbox = start(provider(2));
    modal.order("{\"do\": \"cut\", \"sandbox\": \"" + sandbox.handle() + "\", \"offset\": 1000}");
    var output = new dev.offload.testkit.CollectedOutput();
    sandbox.run(Command.shell("i=0; while [ $i -lt 500 ]; do echo $i; i=$((i+1)); done"), output);
    assertThat(output.stdout().lines())
        .containsExactlyElementsOf(
            java.util.stream.IntStream.range(0, 500).mapToObj(Integer::toString).toList());
  }

  @Test
  void anInterruptedStartLeavesNothing() throws Exception {
    SandboxProvider provider = provider(1);
    start(provider).close();
    modal.order("{\"do\": \"never_schedule\"}");
    Future<Sandbox> starting = threads.submit(() -> start(provider));
    eventually(() -> modal.sandboxes().size() == 1);
    starting.cancel(true);
    eventually(() -> modal.sandboxes().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aSandboxWhoseCreationWasNotAnsweredIsEnded(int version) throws Exception {
    SandboxProvider provider = provider(version);
    modal.order("{\"do\": \"fault\", \"rpc\": \"SandboxCreate\", \"late\": true, \"times\": 4}");
    assertThatThrownBy(() -> start(provider)).isInstanceOf(SandboxException.Transient.class);
    assertThat(modal.sandboxes()).isEmpty();
  }

  @Test
  void aSandboxThatIsDeadBeforeItRunsNeverStarted() throws Exception {
    SandboxProvider provider = provider(1);
    modal.order(
        "{\"do\": \"die_at_start\", \"status\": 5, \"exitcode\": 0, \"exception\": \"no room\"}");
    try {
      assertThatThrownBy(() -> start(provider))
          .isInstanceOf(SandboxDead.class)
          .hasMessageContaining("no room");
    } finally {
      modal.order("{\"do\": \"die_at_start\"}");
    }
  }

  @Test
  void beingThrottledIsToldAtOnceAndHoldsNothingElse() throws Exception {
    SandboxProvider provider = provider(2);
    Sandbox sandbox = start(provider);
    modal.order(
        "{\"do\": \"fault\", \"rpc\": \"SandboxCreate\", \"status\": \"RESOURCE_EXHAUSTED\","
            + " \"retry_after\": 7.5, \"message\": \"30 creates a second\"}");
    assertThatThrownBy(() -> start(provider))
        .isInstanceOfSatisfying(
            SandboxException.Unavailable.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(7500)))
        .hasMessageContaining("30 creates a second");
    modal.order(
        "{\"do\": \"fault\", \"rpc\": \"SandboxCreate\", \"status\": \"RESOURCE_EXHAUSTED\"}");
    assertThatThrownBy(() -> start(provider)).isInstanceOf(SandboxException.Unavailable.class);
    assertThat(sandbox.run(Command.of("true"), OutputSink.discard()).isSuccess()).isTrue();
    start(provider).close();
  }

  @Test
  void aBlipOfTheControlPlaneIsNoDeath() throws Exception {
    Sandbox sandbox = start(provider(2));
    modal.order(
        "{\"do\": \"fault\", \"rpc\": \"SandboxWait\", \"status\": \"UNAVAILABLE\", \"times\": 4}");
    assertThat(sandbox.poll()).isNotInstanceOf(Liveness.Dead.class);
    assertThat(sandbox.run(Command.of("true"), OutputSink.discard()).isSuccess()).isTrue();
  }

  @Test
  void aConnectionThatFallsSilentIsReplacedAndItsSandboxesLiveOn() throws Exception {
    Path bridge = project.resolve("impatient.py");
    Files.writeString(
        bridge,
        """
        import asyncio, os, pathlib, sys
        sys.path.insert(0, os.path.dirname(sys.argv[1]))
        import modal_bridge
        modal_bridge.CANARY_PAUSE = 0.3
        renew = modal_bridge.Bridge.renew
        async def renew_and_say(self, shard):
            moved = await renew(self, shard)
            pathlib.Path(__file__).with_name("renewed").touch()
            return moved
        modal_bridge.Bridge.renew = renew_and_say
        asyncio.run(modal_bridge.main())
        """);
    try (Relay relay = new Relay(modal.url())) {
      String sdk = modal.sdk(2).replace(modal.url(), relay.url()) + " " + bridge;
      SandboxProvider provider = Providers.of(modal, 2, project, Map.of("sdk", sdk));
      providers.add(provider);
      Sandbox sandbox = start(provider);

      assertThat(relay.silence()).isPositive();

      eventually(() -> Files.exists(project.resolve("renewed")));
      assertThat(sandbox.poll()).isInstanceOf(Liveness.Alive.class);
      assertThat(sandbox.run(Command.of("true"), OutputSink.discard()).isSuccess()).isTrue();
      modal.kill(sandbox.handle(), 8, 0);
      assertThat(sandbox.awaitDeath().cause()).isEqualTo(Cause.OUT_OF_MEMORY);
      provider.close();
    }
  }

  // --- the bridge

  @Test
  void aBridgeThatIsKilledIsStartedOnceMoreAndTakesTheSandboxesOver() throws Exception {
    SandboxProvider provider = provider(2);
    Sandbox sandbox = start(provider);
    Future<?> running = runs(sandbox, CHATTY);

    killBridge();

    assertThat(catchThrowable(running::get)).hasCauseInstanceOf(SandboxException.Transient.class);
    // Whoever has heard of the end waits for the next one.
    assertThat(sandbox.poll()).isInstanceOf(Liveness.Alive.class);
    assertThat(sandbox.run(Command.of("true"), OutputSink.discard()).isSuccess()).isTrue();
    modal.kill(sandbox.handle(), 8, 0);
    assertThat(sandbox.awaitDeath().cause()).isEqualTo(Cause.OUT_OF_MEMORY);
    start(provider).close();
  }

  @Test
  void theSecondEndOfTheBridgeIsFatalAndTheSandboxesAreEndedAllTheSame() throws Exception {
    SandboxProvider provider = provider(2);
    Sandbox sandbox = start(provider);
    killBridge();
    eventually(() -> sandbox.poll() instanceof Liveness.Alive);
    killBridge();
    eventually(() ->
        catchThrowable(() -> start(provider)) instanceof SandboxException.Fatal fatal
            && fatal.getMessage().contains("for the second time"));
    sandbox.close();
    assertThat(modal.sandboxes()).isEmpty();
  }

  @Test
  void aBridgeThatCannotBeStartedOnceMoreIsTheEndAndTheSandboxesAreEndedAllTheSame()
      throws Exception {
    Path script = project.resolve("sdk.sh");
    Files.writeString(
        script,
        """
        echo >>"$0.starts"
        [ "$(wc -l <"$0.starts")" -ne 2 ] || { echo no memory >&2; exit 3; }
        exec %s "$@"
        """
            .formatted(modal.sdk(2)));
    SandboxProvider provider = Providers.of(modal, 2, project, Map.of("sdk", "sh " + script));
    providers.add(provider);
    start(provider);
    killBridge();
    eventually(() ->
        catchThrowable(() -> start(provider)) instanceof SandboxException.Fatal fatal
            && fatal.getMessage().contains("no memory"));
    provider.close();
    assertThat(modal.sandboxes()).isEmpty();
  }

  /// As it is when Offload is killed: the input ends, and nobody takes the output any more.
  @Test
  void aBridgeThatNobodyListensToEndsItsSandboxesFirst() throws Exception {
    List<String> command = new ArrayList<>(List.of(modal.sdk(2).split(" ")));
    command.add(Providers.BUNDLED.resolve("modal_bridge.py").toString());
    Process bridge = new ProcessBuilder(command).start();
    try (BufferedReader out = bridge.inputReader()) {
      ask(
          bridge,
          Map.of(
              "id",
              1,
              "op",
              "lookup",
              "app",
              "a",
              "environment",
              "",
              "secrets",
              List.of(),
              "volumes",
              List.of()));
      ask(
          bridge,
          Map.of(
              "id", 2, "op", "create", "image", "", "options", Map.of(), "secrets", List.of(),
              "volumes", Map.of(), "tags", Map.of(), "root", "/"));
      String line = out.readLine();
      while (!line.contains("\"id\":2")) {
        line = out.readLine();
      }
      String sandbox = Reply.text(Reply.object(Json.read(line), "ok"), "sandbox");
      ask(
          bridge,
          Map.of(
              "id",
              3,
              "op",
              "exec",
              "sandbox",
              sandbox,
              "argv",
              CHATTY.argv(),
              "env",
              Map.of(),
              "directory",
              "/",
              "mark",
              "m",
              "timeout",
              100));
      assertThat(out.readLine()).contains("\"ev\":\"out\"");
    }
    // It finds out by its output before it is told by its input.
    eventually(() -> modal.sandboxes().isEmpty());
    assertThat(bridge.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }

  private static void ask(Process bridge, Map<String, ?> request) throws IOException {
    bridge.outputWriter().write(Json.write(request) + "\n");
    bridge.outputWriter().flush();
  }

  private static void killBridge() {
    List<ProcessHandle> bridges =
        ProcessHandle.current()
            .descendants()
            .filter(process -> process.info().commandLine().orElse("").contains("modal_bridge.py"))
            .toList();
    assertThat(bridges).isNotEmpty();
    bridges.forEach(ProcessHandle::destroyForcibly);
  }

  private Future<?> runs(Sandbox sandbox, Command command) throws InterruptedException {
    CountDownLatch heard = new CountDownLatch(1);
    OutputSink output =
        new OutputSink() {
          @Override
          public void stdout(byte[] buffer, int offset, int length) {
            heard.countDown();
          }

          @Override
          public void stderr(byte[] buffer, int offset, int length) {}
        };
    Future<?> running = threads.submit(() -> sandbox.run(command, output));
    assertThat(heard.await(60, TimeUnit.SECONDS)).isTrue();
    return running;
  }

  /// Look again and again until something is so.
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void eventually(Condition condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.sleep(50);
    }
  }
}
