package dev.offload.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxException.Transient;
import dev.offload.api.sandbox.SandboxException.Unavailable;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("InterruptedExceptionSwallowed")
@Timeout(60)
class ScriptedProviderTest {
  private static final Command TRUE = Command.of("true");

  @TempDir private Path folder;
  private ScriptedProvider provider;

  @BeforeEach
  void make() {
    provider = ScriptedProvider.running(folder);
  }

  @AfterEach
  void close() throws SandboxException {
    provider.close();
    assertThat(provider.open()).isEmpty();
  }

  @Test
  void failsToStartAsPlanned() throws Exception {
    provider.planFirst(2, Operation.START, Fault.failsInPassing("no room"));
    provider.plan(Operation.START, 3, Fault.unavailable("quota", Duration.ofSeconds(9)));
    assertThatThrownBy(() -> start(1)).isInstanceOf(Transient.class).hasMessage("no room");
    assertThatThrownBy(() -> start(1)).isInstanceOf(Transient.class);
    assertThatThrownBy(() -> start(1)).isInstanceOf(Unavailable.class);
    start(2);
    assertThat(provider.open()).containsExactly(new SandboxId(2));
  }

  @Test
  void failsToStartOneSandboxWhenItIsTried() throws Exception {
    provider.plan(new SandboxId(2), Operation.START, 1, Fault.failsInPassing("no room"));
    start(1);
    assertThatThrownBy(() -> start(2)).isInstanceOf(Transient.class);
    start(2);
    assertThat(provider.open()).containsExactly(new SandboxId(1), new SandboxId(2));
  }

  @Test
  void diesAtTheNthRunOfOneSandbox() throws Exception {
    provider.plan(new SandboxId(2), Operation.RUN, 2, Fault.dies("killed by its host"));
    Sandbox good = start(1);
    Sandbox bad = start(2);
    for (int i = 0; i < 2; i++) {
      assertThat(good.run(TRUE, OutputSink.discard())).isEqualTo(new Exit.Exited(0));
    }
    assertThat(bad.run(TRUE, OutputSink.discard())).isEqualTo(new Exit.Exited(0));
    assertThatThrownBy(() -> bad.run(TRUE, OutputSink.discard())).isInstanceOf(SandboxDead.class);
    assertThat(bad.awaitDeath().message()).isEqualTo("killed by its host");
    assertThat(bad.poll()).isInstanceOf(Liveness.Dead.class);
    assertThat(provider.calls(Operation.RUN)).hasSize(4);
  }

  @Test
  void diesInTheMiddleOfTheOutput() throws Exception {
    Death death = Death.of(Death.Cause.OUT_OF_MEMORY, "too much");
    provider.plan(Operation.RUN, 1, new Fault.DiesMidOutput(3, death));
    Sandbox sandbox = start(1);
    CollectedOutput output = new CollectedOutput();
    assertThatThrownBy(() -> sandbox.run(Command.shell("echo abcdef; sleep 300"), output))
        .isInstanceOf(SandboxDead.class);
    assertThat(output.stdout()).isEqualTo("abc");
  }

  @Test
  void hangsUntilItIsInterruptedOrClosed() throws Exception {
    provider.plan(Operation.RUN, 1, new Fault.HangsSilently());
    Sandbox sandbox = start(1);
    Thread runner =
        Thread.ofVirtual()
            .start(() ->
                assertThatThrownBy(() -> sandbox.run(TRUE, OutputSink.discard()))
                    .isInstanceOf(SandboxDead.class));
    while (provider.calls(Operation.RUN).isEmpty()) {
      Thread.sleep(5);
    }
    while (!(sandbox.poll() instanceof Liveness.Unknown)) {
      Thread.sleep(5);
    }
    sandbox.close();
    runner.join();
  }

  @Test
  void diesUnseenUntilSomebodyAsks() throws Exception {
    provider.plan(
        Operation.DOWNLOAD, 1, new Fault.DiesUnseen(Death.of(Death.Cause.EVICTED, "moved")));
    Sandbox sandbox = start(1);
    assertThatThrownBy(() -> sandbox.download("/x", folder.resolve("x")))
        .isInstanceOf(SandboxDead.class);
    assertThat(sandbox.poll()).isInstanceOf(Liveness.Dead.class);
  }

  @Test
  void failsToCloseAndIsClosedAllTheSame() throws Exception {
    provider.plan(Operation.CLOSE, 1, Fault.failsInPassing("cannot reach it"));
    Sandbox sandbox = start(1);
    assertThatThrownBy(sandbox::close).hasMessage("cannot reach it");
    assertThat(provider.open()).isEmpty();
    assertThat(sandbox.awaitDeath().cause()).isEqualTo(Death.Cause.CLOSED);
  }

  @Test
  void answersInsteadOfRunning() throws Exception {
    ScriptedProvider answering =
        ScriptedProvider.answering(
            folder,
            (sandbox, command, output) -> {
              byte[] text = (sandbox + " " + command.argv()).getBytes(StandardCharsets.UTF_8);
              output.stdout(text, 0, text.length);
              return new Exit.Signalled(9);
            });
    CollectedOutput output = new CollectedOutput();
    Sandbox sandbox = answering.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(1), "run"));
    assertThat(sandbox.run(TRUE, output)).isEqualTo(new Exit.Signalled(9));
    assertThat(output.stdout()).isEqualTo("sb-1 [true]");
    answering.close();
  }

  private Sandbox start(int number) throws SandboxException, InterruptedException {
    return provider.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(number), "run"));
  }
}
