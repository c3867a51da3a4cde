package dev.offload.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Check a provider against the contract of [SandboxProvider] and [Sandbox].
///
/// Extend it, make your provider in [#provider], and tell about your kind of sandbox by overriding
/// the other protected methods. Each test has sandboxes of its own; after each, [#leftovers] must
/// be what it was before.
@SuppressWarnings({"InterruptedExceptionSwallowed", "OrphanedFormatString"})
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class SandboxContract {
  /// How soon "promptly" is, generously: a loaded machine must not fail a test.
  protected static final Duration PROMPTLY = Duration.ofSeconds(20);

  /// A folder of the test, on this machine.
  @TempDir protected Path folder;

  /// The name of the run that all sandboxes of the test belong to, and no others: by it
  /// [#leftovers] may tell them apart.
  protected final String run = "contract-" + UUID.randomUUID();

  private final List<Sandbox> started = new ArrayList<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private SandboxProvider provider;
  private SandboxImage image = SandboxImage.NONE;
  private List<String> before = List.of();

  /// Make it; JUnit does.
  @SuppressWarnings("NullAway.Init")
  protected SandboxContract() {}

  /// Make the provider. It may be called more than once in a test; the second provider stands for a
  /// later run of Offload on the same machine.
  protected abstract SandboxProvider provider() throws Exception;

  /// Return the project root inside a sandbox, without symbolic links.
  protected abstract String projectRoot(Sandbox sandbox) throws Exception;

  /// Make a provider whose sandboxes cannot be started, when there can be such a thing.
  protected Optional<SandboxProvider> brokenProvider() throws Exception {
    return Optional.empty();
  }

  /// Kill a sandbox as its host would, without its provider.
  ///
  /// @return false when this kind of sandbox cannot be killed
  protected boolean killFromOutside(Sandbox sandbox) throws Exception {
    return false;
  }

  /// Say whether the provider learns of a death without being asked. Otherwise the next operation
  /// or poll must tell.
  protected boolean noticesDeathByItself() {
    return false;
  }

  /// Say whether a process number in a sandbox is one of this machine.
  protected boolean sharesProcesses() {
    return true;
  }

  /// List what sandboxes left on this machine: folders, containers, processes.
  protected List<String> leftovers() throws Exception {
    return List.of();
  }

  @BeforeEach
  final void makeProvider() throws Exception {
    before = leftovers();
    provider = provider();
    image = provider.prepare(new PrepareRequest(true), _ -> {});
  }

  @AfterEach
  final void closeAll() throws Exception {
    for (Sandbox sandbox : started) {
      sandbox.close();
    }
    provider.close();
    threads.shutdownNow();
    assertThat(leftovers()).as("left behind").isEqualTo(before);
  }

  // --- running commands

  @Test
  void runHandsOutputOverWhileTheCommandRuns() throws Exception {
    Sandbox sandbox = start();
    String go = sandbox.scratch() + "/go";
    CountDownLatch seen = new CountDownLatch(1);
    CollectedOutput output =
        new CollectedOutput() {
          @Override
          public void stdout(byte[] buffer, int offset, int length) {
            super.stdout(buffer, offset, length);
            seen.countDown();
          }
        };
    Future<Exit> run =
        threads.submit(() ->
            sandbox.run(
                Command.of(
                    "sh",
                    "-c",
                    "echo one; while [ ! -e \"$1\" ]; do sleep 0.1; done; echo two",
                    "sh",
                    go),
                output));
    assertThat(seen.await(PROMPTLY.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(output.stdout()).isEqualTo("one\n");
    assertThat(sandbox.run(touch(go), OutputSink.discard())).isEqualTo(new Exit.Exited(0));
    assertThat(promptly(run)).isEqualTo(new Exit.Exited(0));
    assertThat(output.stdout()).isEqualTo("one\ntwo\n");
  }

  @Test
  void exitCodesAreExact() throws Exception {
    Sandbox sandbox = start();
    for (int code : new int[] {0, 1, 2, 75, 100, 126, 127, 200, 254, 255}) {
      assertThat(sandbox.run(Command.shell("exit " + code), OutputSink.discard()))
          .isEqualTo(new Exit.Exited(code));
    }
    assertThat(run(sandbox, "echo alive")).isEqualTo("alive\n");
  }

  @Test
  void aCommandEndedByASignalIsReportedAsThat() throws Exception {
    Sandbox sandbox = start();
    assertThat(sandbox.run(Command.shell("kill -9 $$"), OutputSink.discard()))
        .isEqualTo(new Exit.Signalled(9));
    assertThat(sandbox.run(Command.shell("kill -15 $$"), OutputSink.discard()))
        .isEqualTo(new Exit.Signalled(15));
    assertThat(run(sandbox, "echo alive")).isEqualTo("alive\n");
  }

  @Test
  void aMissingProgramIsAnExitWithAMessage() throws Exception {
    Sandbox sandbox = start();
    CollectedOutput output = new CollectedOutput();
    assertThat(sandbox.run(Command.of("no-such-program-of-offload"), output))
        .isEqualTo(new Exit.Exited(127));
    assertThat(output.stderr()).contains("no-such-program-of-offload");
  }

  @Test
  void argumentsArriveExactly() throws Exception {
    Sandbox sandbox = start();
    List<String> arguments =
        List.of(
            "",
            " ",
            "a b",
            "it's",
            "\"q\"",
            "$HOME",
            "`id`",
            "\\",
            "\\n",
            "*",
            "-n",
            "two\nlines",
            "tab\t",
            "sends mail to @john.doe",
            "@modal_sandbox.py",
            "{command}",
            "{sandbox_id}",
            "ünïcödé ✓",
            "%s%d",
            "!",
            "#",
            "~",
            ";",
            "&",
            "|",
            ">",
            "a=b");
    List<String> argv = new ArrayList<>(List.of("printf", "[%s]\\n"));
    argv.addAll(arguments);
    CollectedOutput output = new CollectedOutput();
    assertThat(sandbox.run(new Command(argv, Map.of(), ""), output).isSuccess()).isTrue();
    StringBuilder expected = new StringBuilder();
    arguments.forEach(argument -> expected.append('[').append(argument).append("]\n"));
    assertThat(output.stdout()).isEqualTo(expected.toString());
  }

  @Test
  void variablesReachTheCommandExactly() throws Exception {
    Sandbox sandbox = start();
    Map<String, String> env =
        Map.of(
            "PLAIN", "value",
            "EMPTY", "",
            "QUOTES", "it's \"quoted\" `id` $HOME \\ \\n",
            "LINES", "one\ntwo\n\n",
            "OFFLOAD_TEST_TEXT", "ünïcödé ✓ a b",
            "_9x", "%s*?[");
    StringBuilder expected = new StringBuilder();
    StringBuilder script = new StringBuilder("printf '[%s]\\n'");
    env.forEach((name, value) -> {
      expected.append('[').append(value).append("]\n");
      script.append(" \"${").append(name).append("}\"");
    });
    CollectedOutput output = new CollectedOutput();
    Exit exit = sandbox.run(Command.shell(script.toString()).withEnv(env), output);
    assertThat(exit.isSuccess()).as(output.stderr()).isTrue();
    assertThat(output.stdout()).isEqualTo(expected.toString());
  }

  @Test
  void variablesOfOneCommandDoNotReachTheNext() throws Exception {
    Sandbox sandbox = start();
    CollectedOutput output = new CollectedOutput();
    sandbox.run(Command.shell(": first").withEnv(Map.of("ONLY_HERE", "x")), output);
    assertThat(run(sandbox, "echo \"${ONLY_HERE-unset}\"")).isEqualTo("unset\n");
  }

  @Test
  void anEmptyWorkingDirectoryIsTheProjectRoot() throws Exception {
    Sandbox sandbox = start();
    assertThat(run(sandbox, "pwd -P")).isEqualTo(projectRoot(sandbox) + "\n");
  }

  @Test
  void aWorkingDirectoryIsRelativeToTheProjectRootOrAbsolute() throws Exception {
    Sandbox sandbox = start();
    assertThat(run(sandbox, "cd \"" + sandbox.scratch() + "\" && mkdir 'a b' && pwd -P"))
        .isNotEmpty();
    CollectedOutput absolute = new CollectedOutput();
    sandbox.run(new Command(List.of("pwd"), Map.of(), sandbox.scratch() + "/a b"), absolute);
    assertThat(absolute.stdout()).endsWith("/a b\n");
    CollectedOutput relative = new CollectedOutput();
    sandbox.run(new Command(List.of("sh", "-c", "pwd -P"), Map.of(), ".."), relative);
    assertThat(relative.stdout().strip())
        .isEqualTo(Path.of(projectRoot(sandbox), "..").normalize().toString());
  }

  @Test
  void aMissingWorkingDirectoryIsAnExitWithAMessage() throws Exception {
    Sandbox sandbox = start();
    CollectedOutput output = new CollectedOutput();
    Exit exit = sandbox.run(new Command(List.of("pwd"), Map.of(), "/no/such/folder"), output);
    assertThat(exit).isEqualTo(new Exit.Exited(126));
    assertThat(output.stderr()).contains("/no/such/folder");
  }

  @Test
  void standardInputIsEmpty() throws Exception {
    assertThat(run(start(), "cat; echo end")).isEqualTo("end\n");
  }

  @Test
  void binaryOutputArrivesUnchanged() throws Exception {
    Sandbox sandbox = start();
    byte[] bytes = allBytes(300_001);
    String remote = sandbox.scratch() + "/bytes";
    sandbox.upload(file("bytes", bytes), remote);
    CollectedOutput output = new CollectedOutput();
    assertThat(sandbox.run(Command.of("cat", remote), output).isSuccess()).isTrue();
    assertThat(output.stdoutBytes()).isEqualTo(bytes);
  }

  @Test
  void bigOutputArrivesWholeThroughASlowSink() throws Exception {
    Sandbox sandbox = start();
    byte[] bytes = allBytes(1 << 20);
    String remote = sandbox.scratch() + "/bytes";
    sandbox.upload(file("bytes", bytes), remote);
    CollectedOutput output =
        new CollectedOutput() {
          @Override
          public void stdout(byte[] buffer, int offset, int length) {
            pause(2);
            super.stdout(buffer, offset, length);
          }
        };
    Command tenTimes =
        Command.of("sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do cat \"$1\"; done", "sh", remote);
    assertThat(sandbox.run(tenTimes, output).isSuccess()).isTrue();
    byte[] all = output.stdoutBytes();
    assertThat(all).hasSize(10 << 20);
    for (int i = 0; i < all.length; i += 4099) {
      assertThat(all[i]).isEqualTo(bytes[i % bytes.length]);
    }
  }

  @Test
  void standardErrorIsApartFromStandardOutput() throws Exception {
    Sandbox sandbox = start();
    CollectedOutput output = new CollectedOutput();
    sandbox.run(Command.shell("echo out; echo err >&2; printf more; printf less >&2"), output);
    assertThat(output.stdout()).isEqualTo("out\nmore");
    assertThat(output.stderr()).isEqualTo("err\nless");
  }

  @Test
  void bothStreamsAreWholeWhenRunReturns() throws Exception {
    Sandbox sandbox = start();
    for (int i = 0; i < 20; i++) {
      CollectedOutput output = new CollectedOutput();
      sandbox.run(Command.shell("echo out" + i + "; echo err" + i + " >&2"), output);
      assertThat(output.stdout()).isEqualTo("out" + i + "\n");
      assertThat(output.stderr()).isEqualTo("err" + i + "\n");
    }
  }

  @Test
  void aTestThatSpeaksTheWordsOfAProviderHarmsNothing() throws Exception {
    Sandbox sandbox = start();
    CollectedOutput output = new CollectedOutput();
    Exit exit =
        sandbox.run(
            Command.shell(
                "echo 'OFFLOAD_SANDBOX_DEAD: says a test'; echo 'OFFLOAD_SANDBOX_DEAD: says a test' >&2;"
                    + " echo 'OFFLOAD_UNAVAILABLE: 99 says a test' >&2; exit 75"),
            output);
    assertThat(exit).isEqualTo(new Exit.Exited(75));
    assertThat(output.stderr()).startsWith("OFFLOAD_SANDBOX_DEAD: says a test\n");
    assertThat(run(sandbox, "echo alive")).isEqualTo("alive\n");
    assertThat(sandbox.poll()).isNotInstanceOf(Liveness.Dead.class);
  }

  @Test
  void commandsRunAtTheSameTime() throws Exception {
    Sandbox sandbox = start();
    List<Future<Exit>> runs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String meet =
          "cd \"$1\"; : > here"
              + i
              + "; until [ -e here0 ] && [ -e here1 ] && [ -e here2 ] && [ -e here3 ];"
              + " do sleep 0.1; done";
      Command command = Command.of("sh", "-c", meet, "sh", sandbox.scratch());
      runs.add(threads.submit(() -> sandbox.run(command, OutputSink.discard())));
    }
    for (Future<Exit> run : runs) {
      assertThat(promptly(run)).isEqualTo(new Exit.Exited(0));
    }
  }

  @Test
  void aBackgroundProcessThatHoldsThePipeDoesNotHoldRun() throws Exception {
    Sandbox sandbox = start();
    CollectedOutput output = new CollectedOutput();
    Future<Exit> run =
        threads.submit(() -> sandbox.run(Command.shell("sleep 300 & echo started"), output));
    assertThat(promptly(run)).isEqualTo(new Exit.Exited(0));
    assertThat(output.stdout()).isEqualTo("started\n");
  }

  @Test
  void interruptionEndsRunPromptlyAndLeavesNoProcess() throws Exception {
    Sandbox sandbox = start();
    List<Long> pids = new ArrayList<>();
    Thread runner = runsForEver(sandbox, pids);
    runner.interrupt();
    assertThat(runner.join(PROMPTLY)).as("run ended").isTrue();
    for (long pid : pids) {
      eventually("process " + pid + " is gone", () -> !livesIn(sandbox, pid));
    }
    assertThat(run(sandbox, "echo alive")).isEqualTo("alive\n");
  }

  // --- files

  @Test
  void filesTravelUnchangedBothWays() throws Exception {
    Sandbox sandbox = start();
    for (int size : new int[] {0, 1, 4_096, 70_001}) {
      byte[] bytes = allBytes(size);
      String remote = sandbox.scratch() + "/new/folder/bytes-" + size;
      sandbox.upload(file("bytes-" + size, bytes), remote);
      Path back = folder.resolve("back").resolve("in").resolve("bytes-" + size);
      assertThat(sandbox.download(remote, back)).isTrue();
      assertThat(back).hasBinaryContent(bytes);
    }
  }

  @Test
  void filesMayHaveStrangeNames() throws Exception {
    Sandbox sandbox = start();
    for (String name :
        List.of("a b", "it's", "q\"q", "$HOME", "ü✓", "-n", "a;b&c", "star*?", "back\\slash")) {
      byte[] bytes = allBytes(100);
      String remote = sandbox.scratch() + "/" + name;
      sandbox.upload(file(name, bytes), remote);
      Path back = folder.resolve("back").resolve(name);
      assertThat(sandbox.download(remote, back)).as(name).isTrue();
      assertThat(back).hasBinaryContent(bytes);
    }
  }

  @Test
  void uploadReplacesAFile() throws Exception {
    Sandbox sandbox = start();
    String remote = sandbox.scratch() + "/file";
    sandbox.upload(file("long", allBytes(10_000)), remote);
    sandbox.upload(file("short", new byte[] {1, 2}), remote);
    assertThat(run(sandbox, "cat \"" + remote + "\"")).isEqualTo("\1\2");
  }

  @Test
  void downloadOfAMissingFileIsFalseAndHarmless() throws Exception {
    Sandbox sandbox = start();
    Path back = folder.resolve("back");
    assertThat(sandbox.download(sandbox.scratch() + "/missing", back)).isFalse();
    assertThat(sandbox.download("/no/such/folder/missing", back)).isFalse();
    assertThat(back).doesNotExist();
    assertThat(run(sandbox, "echo alive")).isEqualTo("alive\n");
    assertThat(sandbox.poll()).isNotInstanceOf(Liveness.Dead.class);
  }

  // --- identity

  @Test
  void aSandboxHasTheNameAskedForAndAHandleOfItsOwn() throws Exception {
    Sandbox one = start();
    Sandbox two = start();
    assertThat(one.id()).isEqualTo(new SandboxId(1));
    assertThat(two.id()).isEqualTo(new SandboxId(2));
    assertThat(one.handle()).isNotBlank().isNotEqualTo(two.handle());
  }

  @Test
  void scratchExistsIsWritableAndBelongsToOneSandbox() throws Exception {
    Sandbox one = start();
    Sandbox two = start();
    assertThat(one.scratch()).startsWith("/").isNotEqualTo(two.scratch());
    for (Sandbox sandbox : List.of(one, two)) {
      String look = "cd \"" + sandbox.scratch() + "\" && : > mine && ls";
      assertThat(run(sandbox, look).lines()).contains("mine");
    }
  }

  @Test
  void sandboxesStartAtTheSameTime() throws Exception {
    List<Future<String>> outputs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Sandbox[] sandbox = new Sandbox[1];
      outputs.add(
          threads.submit(() -> {
            sandbox[0] = start();
            return run(sandbox[0], "echo up");
          }));
    }
    for (Future<String> output : outputs) {
      assertThat(promptly(output)).isEqualTo("up\n");
    }
  }

  // --- life and death

  @Test
  void pollDoesNotSayDeadOfALivingSandbox() throws Exception {
    assertThat(start().poll()).isNotInstanceOf(Liveness.Dead.class);
  }

  @Test
  void awaitDeathReturnsClosedForEveryWaiterAfterClose() throws Exception {
    Sandbox sandbox = start();
    List<Future<Death>> waiters = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiters.add(threads.submit(sandbox::awaitDeath));
    }
    assertThat(waiters).noneMatch(Future::isDone);
    sandbox.close();
    waiters.add(threads.submit(sandbox::awaitDeath));
    for (Future<Death> waiter : waiters) {
      assertThat(promptly(waiter).cause()).isEqualTo(Death.Cause.CLOSED);
    }
    assertThat(sandbox.poll()).isInstanceOf(Liveness.Dead.class);
  }

  @Test
  void awaitDeathCanBeInterruptedWithoutHarm() throws Exception {
    Sandbox sandbox = start();
    Future<Death> waiter = threads.submit(sandbox::awaitDeath);
    waiter.cancel(true);
    assertThat(run(sandbox, "echo alive")).isEqualTo("alive\n");
  }

  @Test
  void closeIsHarmlessWhenCalledAgain() throws Exception {
    Sandbox sandbox = start();
    sandbox.close();
    sandbox.close();
    Sandbox other = start();
    sandbox.close();
    assertThat(run(other, "echo alive")).isEqualTo("alive\n");
  }

  @Test
  void closeEndsWhatRuns() throws Exception {
    Sandbox sandbox = start();
    List<Long> pids = new ArrayList<>();
    Thread runner = runsForEver(sandbox, pids);
    sandbox.close();
    assertThat(runner.join(PROMPTLY)).as("run ended").isTrue();
    if (sharesProcesses()) {
      for (long pid : pids) {
        eventually("process " + pid + " is gone", () -> !livesHere(pid));
      }
    }
  }

  @Test
  void everyOperationOnAClosedSandboxSaysItIsDead() throws Exception {
    Sandbox sandbox = start();
    String scratch = sandbox.scratch();
    Path file = file("file", new byte[1]);
    sandbox.close();
    assertDead(() -> sandbox.run(Command.of("true"), OutputSink.discard()), Death.Cause.CLOSED);
    assertDead(
        () -> {
          sandbox.upload(file, scratch + "/file");
          return true;
        },
        Death.Cause.CLOSED);
    assertDead(
        () -> sandbox.download(scratch + "/file", folder.resolve("back")), Death.Cause.CLOSED);
  }

  @Test
  void aDeathFromOutsideIsTold() throws Exception {
    Sandbox sandbox = start();
    Future<Death> waiter = threads.submit(sandbox::awaitDeath);
    Assumptions.assumeTrue(killFromOutside(sandbox), "cannot be killed from outside");
    if (!noticesDeathByItself()) {
      assertDead(() -> sandbox.run(Command.of("true"), OutputSink.discard()), null);
    }
    assertThat(promptly(waiter).cause()).isNotEqualTo(Death.Cause.CLOSED);
    assertDead(() -> sandbox.run(Command.of("true"), OutputSink.discard()), null);
    assertDead(() -> sandbox.download("/x", folder.resolve("x")), null);
    assertThat(sandbox.poll()).isInstanceOf(Liveness.Dead.class);
    sandbox.close();
  }

  @Test
  void aCommandEndsWhenItsSandboxDies() throws Exception {
    Sandbox sandbox = start();
    List<Long> pids = new ArrayList<>();
    Thread runner = runsForEver(sandbox, pids);
    Assumptions.assumeTrue(killFromOutside(sandbox), "cannot be killed from outside");
    assertThat(runner.join(PROMPTLY)).as("run ended").isTrue();
    sandbox.close();
  }

  @Test
  void closingTheProviderEndsItsSandboxes() throws Exception {
    Sandbox one = start();
    Sandbox two = start();
    List<Long> pids = new ArrayList<>();
    Thread runner = runsForEver(two, pids);
    provider.close();
    assertThat(promptly(threads.submit(one::awaitDeath)).cause()).isEqualTo(Death.Cause.CLOSED);
    assertThat(promptly(threads.submit(two::awaitDeath)).cause()).isEqualTo(Death.Cause.CLOSED);
    assertThat(runner.join(PROMPTLY)).isTrue();
    provider.close();
  }

  @Test
  void reapEndsASandboxOfAnEarlierRun() throws Exception {
    Sandbox sandbox = start();
    List<Long> pids = new ArrayList<>();
    Thread runner = runsForEver(sandbox, pids);
    try (SandboxProvider later = provider()) {
      assertThat(later.reap(sandbox.handle())).isTrue();
      if (sharesProcesses()) {
        for (long pid : pids) {
          eventually("process " + pid + " is gone", () -> !livesHere(pid));
        }
      }
    }
    assertThat(runner.join(PROMPTLY)).isTrue();
  }

  @Test
  void aFailingStartThrowsAndLeavesNothing() throws Exception {
    Optional<SandboxProvider> broken = brokenProvider();
    Assumptions.assumeTrue(broken.isPresent(), "starts cannot be made to fail");
    try (SandboxProvider failing = broken.orElseThrow()) {
      assertThatThrownBy(() -> failing.start(image, new SandboxSpec(new SandboxId(1), run)))
          .isInstanceOf(SandboxException.class)
          .message()
          .isNotBlank();
      assertThat(leftovers()).isEqualTo(before);
    }
  }

  // --- means

  /// Start a sandbox that is closed after the test.
  protected final Sandbox start() throws SandboxException, InterruptedException {
    SandboxId id = new SandboxId(numbers.incrementAndGet());
    Sandbox sandbox = provider.start(image, new SandboxSpec(id, run));
    synchronized (started) {
      started.add(sandbox);
    }
    return sandbox;
  }

  /// Run a line of shell that must succeed, and return its standard output.
  protected static String run(Sandbox sandbox, String line) throws Exception {
    CollectedOutput output = new CollectedOutput();
    Exit exit = sandbox.run(Command.shell(line), output);
    assertThat(exit).as(line + "\n" + output.stderr()).isEqualTo(new Exit.Exited(0));
    return output.stdout();
  }

  /// Run a process and a grandchild that never end, on a thread of their own; return when they run.
  private static Thread runsForEver(Sandbox sandbox, List<Long> pids) throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CollectedOutput output =
        new CollectedOutput() {
          @Override
          public void stdout(byte[] buffer, int offset, int length) {
            super.stdout(buffer, offset, length);
            if (stdout().endsWith("\n")) {
              running.countDown();
            }
          }
        };
    String line = "sleep 300 & echo $$ $!; trap '' TERM; wait; sleep 300";
    Thread runner =
        Thread.ofVirtual()
            .start(() -> {
              Throwable _ = catchThrowable(() -> sandbox.run(Command.shell(line), output));
            });
    assertThat(running.await(PROMPTLY.toSeconds(), TimeUnit.SECONDS)).isTrue();
    for (String pid : output.stdout().strip().split(" ")) {
      pids.add(Long.parseLong(pid));
    }
    return runner;
  }

  private static boolean livesIn(Sandbox sandbox, long pid) throws Exception {
    Command look =
        Command.shell(
            "kill -0 " + pid + " 2>/dev/null && ! grep -q 'State:.Z' /proc/" + pid + "/status");
    return sandbox.run(look, OutputSink.discard()).isSuccess();
  }

  private static boolean livesHere(long pid) {
    try {
      String status = Files.readString(Path.of("/proc", "" + pid, "status"));
      return !status.contains("State:\tZ");
    } catch (IOException _) {
      return Files.notExists(Path.of("/proc/self"))
          && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
  }

  private static void eventually(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PROMPTLY.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      pause(20);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T promptly(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(PROMPTLY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void assertDead(Callable<?> operation, Death.@Nullable Cause cause) throws Exception {
    Throwable thrown = catchThrowable(() -> promptly(threads.submit(operation)));
    assertThat(thrown).hasCauseInstanceOf(SandboxDead.class);
    if (cause != null && thrown.getCause() instanceof SandboxDead dead) {
      assertThat(dead.death().cause()).isEqualTo(cause);
    }
  }

  private static Command touch(String file) {
    return Command.of("sh", "-c", ": > \"$1\"", "sh", file);
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(Files.createDirectories(folder.resolve("files")).resolve(name), bytes);
  }

  /// Return bytes in which every value occurs, the same every time.
  private static byte[] allBytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    for (int i = 0; i < Math.min(256, size); i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }
}
