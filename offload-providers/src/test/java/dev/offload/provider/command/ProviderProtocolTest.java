package dev.offload.provider.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.Fatal;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxException.Transient;
import dev.offload.api.sandbox.SandboxException.Unavailable;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.provider.shell.CommandTemplate;
import dev.offload.testkit.CollectedOutput;
import dev.offload.testkit.MapSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the answers of provider commands mean. The commands here are one-liners that note every
/// call in a file.
@SuppressWarnings("InterruptedExceptionSwallowed")
@Timeout(60)
class ProviderProtocolTest {
  private static final String DEAD = "echo 'OFFLOAD_SANDBOX_DEAD: the host burnt down' >&2; exit 1";

  @TempDir private Path folder;
  private final Map<String, Object> settings = new HashMap<>();
  private String root = "";
  private final List<SandboxProvider> providers = new ArrayList<>();

  @BeforeEach
  void plainCommands() {
    settings.put("create_command", "echo create >>calls; echo box-1");
    settings.put("exec_command", "echo exec >>calls; : {sandbox_id}; sh -c {command}");
    settings.put("destroy_command", "echo destroy {sandbox_id} >>calls");
  }

  // --- the sentinel

  @Test
  void theReasonOfADeathIsHandedOnWordForWord() throws Exception {
    Sandbox sandbox = start();
    Files.writeString(folder.resolve("dead"), "");
    SandboxDead dead = dies(sandbox);
    assertThat(dead.death().message()).isEqualTo("the host burnt down");
    assertThat(sandbox.awaitDeath()).isEqualTo(dead.death());
    assertThat(sandbox.poll()).isEqualTo(new Liveness.Dead(dead.death()));
  }

  private SandboxDead dies(Sandbox sandbox) {
    return catchThrowableOfType(
        SandboxDead.class, () -> sandbox.run(Command.of("true"), OutputSink.discard()));
  }

  private Sandbox start() throws Exception {
    settings.put(
        "exec_command",
        "echo exec >>calls; : {sandbox_id}; if [ -e dead ]; then "
            + DEAD
            + "; fi; sh -c {command}");
    return start(provider());
  }

  @Test
  void exitCode75MeansDeadWithWhatWasSaid() throws Exception {
    settings.put(
        "exec_command",
        ": {sandbox_id}; if [ -e dead ]; then echo 'no such container' >&2; exit 75; fi; sh -c {command}");
    Sandbox sandbox = start(provider());
    Files.writeString(folder.resolve("dead"), "");
    assertThat(dies(sandbox).death().message())
        .isEqualTo("exec_command ended with exit code 75: no such container");
  }

  @Test
  void aDeadSandboxGetsNoFurtherOperationButOneDestroy() throws Exception {
    settings.put("poll_command", "echo poll {sandbox_id} >>calls");
    settings.put("download_command", "echo download >>calls; : {paths}");
    settings.put("upload_command", "echo upload >>calls; : {paths}");
    Sandbox sandbox = start();
    Files.writeString(folder.resolve("dead"), "");
    dies(sandbox);
    List<String> calls = calls();
    assertThatThrownBy(() -> sandbox.run(Command.of("true"), OutputSink.discard()))
        .isInstanceOf(SandboxDead.class);
    assertThatThrownBy(() -> sandbox.download("/x", folder.resolve("x")))
        .isInstanceOf(SandboxDead.class);
    assertThatThrownBy(() -> sandbox.upload(folder.resolve("dead"), "/x"))
        .isInstanceOf(SandboxDead.class);
    assertThat(sandbox.poll()).isInstanceOf(Liveness.Dead.class);
    assertThat(calls()).isEqualTo(calls);
    sandbox.close();
    sandbox.close();
    calls.add("destroy box-1");
    assertThat(calls()).isEqualTo(calls);
  }

  @Test
  void aDownloadCommandThatAlwaysSaysDeadIsCalledOncePerSandbox() throws Exception {
    settings.put("download_command", "echo download >>calls; : {paths}; " + DEAD);
    Sandbox sandbox = start(provider());
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> sandbox.download("/result.xml", folder.resolve("result.xml")))
          .isInstanceOf(SandboxDead.class)
          .hasMessageContaining("the host burnt down");
    }
    assertThat(calls()).containsOnlyOnce("download");
  }

  @ParameterizedTest
  @ValueSource(strings = {"upload_command", "download_command", "poll_command"})
  void everyOtherCommandCanSayDeadToo(String key) throws Exception {
    settings.put(key, ": {paths} {sandbox_id}; " + DEAD);
    Sandbox sandbox = start(provider());
    Path file = Files.writeString(folder.resolve("file"), "");
    switch (key) {
      case "upload_command" ->
          assertThatThrownBy(() -> sandbox.upload(file, sandbox.scratch() + "/x"))
              .isInstanceOf(SandboxDead.class);
      case "download_command" ->
          assertThatThrownBy(() -> sandbox.download("/x", file)).isInstanceOf(SandboxDead.class);
      default -> assertThat(sandbox.poll()).isInstanceOf(Liveness.Dead.class);
    }
    assertThat(sandbox.awaitDeath().message()).isEqualTo("the host burnt down");
  }

  @Test
  void aDeathToldByOneOperationEndsTheOthers() throws Exception {
    settings.put("poll_command", ": {sandbox_id}; " + DEAD);
    Sandbox sandbox = start(provider());
    CountDownLatch running = new CountDownLatch(1);
    CollectedOutput output =
        new CollectedOutput() {
          @Override
          public void stdout(byte[] buffer, int offset, int length) {
            running.countDown();
          }
        };
    List<Throwable> thrown = new ArrayList<>();
    Thread runner =
        Thread.ofVirtual()
            .start(() -> {
              try {
                sandbox.run(Command.shell("echo up; sleep 300"), output);
              } catch (SandboxException | InterruptedException e) {
                thrown.add(e);
              }
            });
    running.await();
    assertThat(sandbox.poll()).isInstanceOf(Liveness.Dead.class);
    runner.join();
    assertThat(thrown).hasOnlyElementsOfType(SandboxDead.class).hasSize(1);
  }

  @Test
  void aDestroyCommandThatSaysDeadHasSucceeded() throws Exception {
    settings.put("destroy_command", "echo destroy {sandbox_id} >>calls; exit 75");
    start(provider()).close();
    assertThat(calls()).contains("destroy box-1");
  }

  @Test
  void aDestroyCommandThatFailsIsReportedWithItsText() throws Exception {
    settings.put("destroy_command", "echo 'cannot reach {sandbox_id}' >&2; exit 4");
    Sandbox sandbox = start(provider());
    assertThatThrownBy(sandbox::close)
        .hasMessage("destroy_command ended with exit code 4: cannot reach box-1");
    sandbox.close();
  }

  // --- the command's words and the transport's

  @Test
  void aTestThatSpeaksTheSentinelDoesNotKillItsSandboxEvenIfTheConnectionBreaksLater()
      throws Exception {
    settings.put(
        "exec_command",
        ": {sandbox_id}; sh -c {command}; code=$?; [ ! -e broken ] || exit 255; exit $code");
    Sandbox sandbox = start(provider());
    Files.writeString(folder.resolve("broken"), "");
    String speaks =
        "echo 'OFFLOAD_SANDBOX_DEAD: in a log' >&2; echo more >&2; kill -9 $PPID; sleep 1";
    // The shell in the sandbox is killed before it can write the end mark: the pipe breaks.
    assertThatThrownBy(() -> sandbox.run(Command.shell(speaks), OutputSink.discard()))
        .isInstanceOf(Transient.class)
        .hasMessageContaining("cut off");
    Files.delete(folder.resolve("broken"));
    assertThat(sandbox.run(Command.of("true"), OutputSink.discard())).isEqualTo(new Exit.Exited(0));
  }

  @Test
  void aTransportThatDiesInTheMiddleSaysSoWithItsLastWords() throws Exception {
    settings.put(
        "exec_command",
        ": {sandbox_id}; if [ -e dead ]; then sh -c {command} & sleep 1; kill -9 $!; "
            + DEAD
            + "; fi; sh -c {command}");
    Sandbox sandbox = start(provider());
    Files.writeString(folder.resolve("dead"), "");
    assertThatThrownBy(() ->
            sandbox.run(Command.shell("echo begun; sleep 5 >/dev/null 2>&1"), OutputSink.discard()))
        .isInstanceOf(SandboxDead.class)
        .hasMessageContaining("the host burnt down");
  }

  @Test
  void theExitCodeOfTheTransportDoesNotMatter() throws Exception {
    settings.put("exec_command", ": {sandbox_id}; sh -c {command}; exit 42");
    CollectedOutput output = new CollectedOutput();
    assertThat(start(provider()).run(Command.shell("echo out; exit 7"), output))
        .isEqualTo(new Exit.Exited(7));
    assertThat(output.stdout()).isEqualTo("out\n");
  }

  @Test
  void wordsOfTheTransportAreNotTheCommandsOutput() throws Exception {
    settings.put("exec_command", ": {sandbox_id}; echo Welcome; sh -c {command}; echo Bye");
    CollectedOutput output = new CollectedOutput();
    start(provider()).run(Command.of("echo", "out"), output);
    assertThat(output.stdout()).isEqualTo("out\n");
    assertThat(output.stderr()).isEqualTo("Welcome\nBye\n");
  }

  @Test
  void aTransportThatMergesTheStreamsWorks() throws Exception {
    settings.put("exec_command", ": {sandbox_id}; sh -c {command} 2>&1");
    CollectedOutput output = new CollectedOutput();
    Exit exit = start(provider()).run(Command.shell("echo out; echo err >&2; exit 3"), output);
    assertThat(exit).isEqualTo(new Exit.Exited(3));
    assertThat(output.stdout()).isEqualTo("out\nerr\n");
  }

  // --- failures by what to do

  @Test
  void aFailingCreateIsTransientWithItsLastWords() throws Exception {
    settings.put("create_command", "echo one >&2; echo 'no capacity' >&2; exit 1");
    assertThatThrownBy(() -> start(provider()))
        .isInstanceOf(Transient.class)
        .hasMessage("create_command ended with exit code 1: one\nno capacity");
  }

  @Test
  void aProgramThatIsNotThereStopsTheRunUnlessItWorkedBefore() throws Exception {
    settings.put("create_command", "[ -e ok ] && echo box-1 || no-such-program-of-offload");
    SandboxProvider provider = provider();
    assertThatThrownBy(() -> start(provider))
        .isInstanceOf(Fatal.class)
        .hasMessageContaining("no-such-program-of-offload");
    Files.writeString(folder.resolve("ok"), "");
    start(provider);
    Files.delete(folder.resolve("ok"));
    assertThatThrownBy(() -> start(provider)).isInstanceOf(Transient.class);
  }

  @Test
  void quotaAndThrottleAnswersWait() throws Exception {
    settings.put(
        "create_command", "echo 'OFFLOAD_UNAVAILABLE: 2.5 quota of 10 reached' >&2; exit 1");
    Unavailable quota = catchThrowableOfType(Unavailable.class, () -> start(provider()));
    assertThat(quota.retryAfter()).isEqualTo(Duration.ofMillis(2500));
    assertThat(quota).hasMessage("create_command: quota of 10 reached");
    settings.put("create_command", "echo 'slow down' >&2; exit 69");
    Unavailable throttle = catchThrowableOfType(Unavailable.class, () -> start(provider()));
    assertThat(throttle).hasMessage("create_command: slow down");
  }

  @ParameterizedTest
  @ValueSource(ints = {77, 78})
  void rejectedCredentialsAndConfigurationStopTheRun(int code) {
    settings.put("create_command", "echo 'token expired' >&2; exit " + code);
    assertThatThrownBy(() -> start(provider()))
        .isInstanceOf(Fatal.class)
        .hasMessageContaining("token expired");
  }

  @Test
  void aCommandThatTakesTooLongIsKilledWithItsWholeTree() throws Exception {
    settings.put("timeout_secs", 1);
    settings.put("create_command", "sleep 300 & echo $! >pid; wait; sleep 300");
    assertThatThrownBy(() -> start(provider()))
        .isInstanceOf(Transient.class)
        .hasMessageContaining("did not end within 1 seconds");
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    assertThat(
            ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info().command().isPresent()))
        .isEmpty();
  }

  @Test
  void aSandboxThatCannotRunCommandsIsDestroyedAgain() throws Exception {
    settings.put("exec_command", ": {sandbox_id} {command}; echo 'not ready' >&2; exit 1");
    assertThatThrownBy(() -> start(provider()))
        .isInstanceOf(Transient.class)
        .hasMessageContaining("not ready");
    assertThat(calls()).containsExactly("create", "destroy box-1");
  }

  @Test
  void anInterruptedStartDestroysWhatItMade() throws Exception {
    settings.put("create_command", "echo begun >>calls; sleep 1; echo box-1");
    SandboxProvider provider = provider();
    List<Throwable> thrown = new ArrayList<>();
    Thread starter =
        Thread.ofVirtual()
            .start(() -> {
              try {
                start(provider);
              } catch (Exception e) {
                thrown.add(e);
              }
            });
    while (!calls().contains("begun")) {
      Thread.sleep(10);
    }
    starter.interrupt();
    starter.join();
    assertThat(thrown).hasOnlyElementsOfType(InterruptedException.class).hasSize(1);
    assertThat(calls()).containsExactly("begun", "destroy box-1");
  }

  @Test
  void aScratchFolderOnThisMachineDoesNotOutliveItsSandbox() throws Exception {
    Sandbox sandbox = start(provider());
    assertThat(Path.of(sandbox.scratch())).isDirectory();
    sandbox.close();
    assertThat(Path.of(sandbox.scratch())).doesNotExist();
  }

  @Test
  void anUndecidedPollIsUnknown() throws Exception {
    settings.put("poll_command", ": {sandbox_id}; echo 'cannot tell' >&2; exit 3");
    assertThat(start(provider()).poll())
        .isEqualTo(new Liveness.Unknown("poll_command ended with exit code 3: cannot tell"));
  }

  // --- images

  @Test
  void withoutAPrepareCommandNothingIsDone() throws Exception {
    SandboxImage image = provider().prepare(new PrepareRequest(true), _ -> {});
    assertThat(image).isEqualTo(SandboxImage.NONE);
    assertThat(calls()).isEmpty();
  }

  @Test
  void theLastLineOfPrepareIsTheImageAndAllLinesAreProgress() throws Exception {
    settings.put(
        "prepare_command",
        "printf 'Step 1\\nStep 2\\n'; echo warning >&2; printf 'im-1\\n\\n'; : ");
    settings.put("create_command", "echo create {image_id} {cpu_cores} >>calls; echo box-1");
    settings.put("cpu_cores", 0.5);
    List<String> progress = new ArrayList<>();
    SandboxProvider provider = provider();
    SandboxImage image =
        provider.prepare(
            new PrepareRequest(true),
            line -> {
              synchronized (progress) {
                progress.add(line);
              }
            });
    assertThat(image.id()).isEqualTo("im-1");
    assertThat(progress).contains("Step 1", "Step 2", "warning", "im-1");
    provider.start(image, new SandboxSpec(new SandboxId(1), "run"));
    assertThat(calls()).contains("create im-1 0.5");
  }

  @Test
  void prepareGetsTheFlagsThatAreNeeded() throws Exception {
    settings.put(
        "prepare_command", "printf '%s\\n' im-1 >&2; flags() { printf '<%s>' \"$@\"; }; flags");
    settings.put("copy_dirs", List.of("a b:/x"));
    assertThat(provider().prepare(new PrepareRequest(true), _ -> {}).id())
        .isEqualTo("<--copy-dir=a b:/x><--copy-dir=here:/there><--sandbox-init-cmd=make it>");
  }

  @Test
  void aFailingPrepareStopsTheRun() {
    settings.put("prepare_command", "echo 'line 3: no such base image' >&2; exit 1");
    assertThatThrownBy(() -> provider().prepare(new PrepareRequest(true), _ -> {}))
        .isInstanceOf(Fatal.class)
        .hasMessage("prepare_command ended with exit code 1: line 3: no such base image");
  }

  // --- secrets

  @Test
  void valuesOfVariablesAreOnNoCommandLine() throws Exception {
    settings.put(
        "exec_command", ": {sandbox_id}; printf '%s\\n' {command} >>lines; sh -c {command}");
    Sandbox sandbox = start(provider());
    Command command =
        Command.shell("echo \"$PASSWORD $OFFLOAD_ROOT\"")
            .withEnv(Map.of("PASSWORD", "hunter2", "OFFLOAD_ROOT", "/app"));
    CollectedOutput output = new CollectedOutput();
    sandbox.run(command, output);
    assertThat(output.stdout()).isEqualTo("hunter2 /app\n");
    assertThat(folder.resolve("lines")).content().doesNotContain("hunter2");
  }

  @Test
  void standardInputIsTriedOutOnceAndOnlyWhenThereAreSecrets() throws Exception {
    SandboxProvider provider = provider();
    Sandbox sandbox = start(provider);
    Command open = Command.of("true").withEnv(Map.of("OFFLOAD_ROOT", "/app"));
    sandbox.run(open, OutputSink.discard());
    assertThat(calls()).containsExactly("create", "exec", "exec");
    Command secret = Command.of("true").withEnv(Map.of("A", "b"));
    sandbox.run(secret, OutputSink.discard());
    sandbox.run(secret, OutputSink.discard());
    assertThat(calls()).hasSize(6);
  }

  @Test
  void anExecCommandWithoutStandardInputIsFoundOutAndWarnedOf() throws Exception {
    settings.put("exec_command", ": {sandbox_id}; sh -c {command} </dev/null");
    List<String> progress = new ArrayList<>();
    SandboxProvider provider = provider();
    provider.prepare(new PrepareRequest(true), progress::add);
    Sandbox sandbox = start(provider);
    CollectedOutput output = new CollectedOutput();
    Command secret = Command.shell("echo $A").withEnv(Map.of("A", "b"));
    sandbox.run(secret, output);
    sandbox.run(secret, output);
    assertThat(output.stdout()).isEqualTo("b\nb\n");
    assertThat(progress).hasSize(1).first().asString().contains("upload_command");
  }

  @Test
  void aLongCommandTravelsOnStandardInput() throws Exception {
    CollectedOutput output = new CollectedOutput();
    String longWord = "x'y".repeat(40_000);
    Exit exit =
        start(provider()).run(Command.of("printf", "%s", longWord.substring(0, 100_000)), output);
    assertThat(exit.isSuccess()).isTrue();
    assertThat(output.stdout()).isEqualTo(longWord.substring(0, 100_000));
  }

  // --- settings

  @Test
  void placeholdersThatAreMissingAreProblems() {
    settings.put("exec_command", "ssh host {command}");
    settings.put("destroy_command", "true");
    settings.put("download_command", "scp x");
    settings.put("copy_dirs", List.of("nonsense"));
    settings.remove("create_command");
    MapSettings table = MapSettings.of(settings);
    new CommandProviderFactory().create(table, context());
    assertThat(table.problems())
        .containsExactlyInAnyOrder(
            "create_command: missing",
            "copy_dirs: 'nonsense' is not of the form 'LOCAL:REMOTE'.",
            "exec_command: It needs the placeholder {sandbox_id}.",
            "destroy_command: It needs the placeholder {sandbox_id}.",
            "download_command: It needs the placeholder {paths}, or both {local} and {remote}.");
    assertThat(table.unknownKeys()).isEmpty();
  }

  @Test
  void whatIsFilledInIsNotLookedAtAgain() {
    CommandTemplate template =
        new CommandTemplate("exec_command", "x {command} {sandbox_id} {what} $1");
    assertThat(template.fill(Map.of("command", "'{sandbox_id} $2'", "sandbox_id", "s\\1")))
        .isEqualTo("x '{sandbox_id} $2' s\\1 {what} $1");
  }

  // --- means

  @Test
  void aProjectRootThatIsNotInTheSandboxIsFatalAndNamed() throws Exception {
    root = folder.resolve("nowhere").toString();
    Sandbox sandbox = start(provider());
    assertThatThrownBy(() -> sandbox.run(Command.of("true"), OutputSink.discard()))
        .isInstanceOf(Fatal.class)
        .hasMessageContaining(root)
        .hasMessageContaining("sandbox_project_root");
  }

  @Test
  void aProjectRootThatATestRemovedIsNoMistakeOfTheUser() throws Exception {
    Path project = Files.createDirectory(folder.resolve("project"));
    root = project.toString();
    Sandbox sandbox = start(provider());
    assertThat(sandbox.run(Command.of("true"), OutputSink.discard()).isSuccess()).isTrue();
    Files.delete(project);
    assertThat(sandbox.run(Command.of("true"), OutputSink.discard()))
        .isEqualTo(new Exit.Exited(126));
  }

  private Sandbox start(SandboxProvider provider) throws SandboxException, InterruptedException {
    return provider.start(SandboxImage.NONE, new SandboxSpec(new SandboxId(1), "run"));
  }

  @AfterEach
  void closeProviders() throws Exception {
    for (SandboxProvider provider : providers) {
      Throwable _ = catchThrowable(provider::close);
    }
  }

  private SandboxProvider provider() {
    MapSettings table = MapSettings.of(settings);
    SandboxProvider provider = new CommandProviderFactory().create(table, context());
    assertThat(table.problems()).isEmpty();
    providers.add(provider);
    return provider;
  }

  private ProviderContext context() {
    return new ProviderContext(folder, folder, root, "make it", List.of("here:/there"), 4);
  }

  private List<String> calls() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? new ArrayList<>(Files.readAllLines(calls)) : new ArrayList<>();
  }
}
