package dev.offload.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.Command;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Checks the scripts in every shell a sandbox may have, with and without setsid.
@Tag("tools")
@ParameterizedClass
@MethodSource("shells")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class WrapperTest {
  private static final String START = "\u001etoken !start ";
  private static final String END = "\u001etoken !end ";

  @Parameter(0)
  private List<String> shell;

  @Parameter(1)
  private boolean hasSetsid;

  @TempDir private Path folder;

  static List<Object[]> shells() {
    List<Object[]> all = new ArrayList<>();
    for (boolean setsid : new boolean[] {true, false}) {
      all.add(new Object[] {List.of("/bin/sh"), setsid});
      all.add(new Object[] {List.of("/bin/bash"), setsid});
      all.add(
          new Object[] {List.of(TestTools.require("busybox/busybox").toString(), "sh"), setsid});
    }
    return all;
  }

  private Process start(Command command) throws IOException {
    return start(List.of(), command);
  }

  /// @param by a command that runs the one that follows
  private Process start(List<String> by, Command command) throws IOException {
    List<String> argv = new ArrayList<>(by);
    argv.addAll(shell);
    argv.addAll(command.argv().subList(1, command.argv().size()));
    ProcessBuilder builder = new ProcessBuilder(argv).redirectErrorStream(false);
    builder.redirectError(folder.resolve("stderr").toFile());
    builder.environment().put("PATH", path());
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private String path() throws IOException {
    if (hasSetsid) {
      return System.getenv("PATH");
    }
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool : List.of("sleep", "cat", "sh", "kill")) {
      Path link = bin.resolve(tool);
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, Path.of("/bin", tool));
      }
    }
    return bin.toString();
  }

  private Process wrapped(String line) throws IOException {
    return start(wrap(line));
  }

  private static Command wrap(String line) {
    return Wrapper.wrap(Command.of("sh", "-c", line), "token", Duration.ofSeconds(1));
  }

  private static String all(Process process) throws IOException, InterruptedException {
    String output = all(process.getInputStream());
    process.waitFor();
    return output;
  }

  private static String all(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /// The frame may come in the middle of what the command writes.
  private static String withoutStart(String output) {
    return output.replaceFirst(START + "[^\n]*\n", "");
  }

  @ParameterizedTest
  @CsvSource({
    "exit 0,0",
    "exit 1,1",
    "exit 128,128",
    "exit 255,255",
    "kill -9 $$,137",
    "kill -15 $$,143"
  })
  void saysHowTheCommandEnded(String line, int status) throws Exception {
    String output = all(wrapped(line));

    assertThat(output).startsWith(START).endsWith(END + status + "\n");
  }

  @Test
  void leavesTheOutputOfTheCommandAsItIs() throws Exception {
    assertThat(withoutStart(all(wrapped("printf 'a\\nb'")))).isEqualTo("a\nb" + END + "0\n");
  }

  @Test
  void givesTheCommandAnEmptyStandardInput() throws Exception {
    assertThat(withoutStart(all(wrapped("cat; echo over")))).startsWith("over\n");
  }

  @Test
  void beatsWhileTheCommandRuns() throws Exception {
    assertThat(all(wrapped("sleep 3"))).contains("\u001etoken !beat\n");
  }

  @Test
  void killsWhatTheCommandLeftBehind() throws Exception {
    Path pid = folder.resolve("pid");

    all(wrapped("sleep 300 >/dev/null 2>&1 & echo $! >'" + pid + "'"));

    if (hasSetsid) {
      awaitEnd(pid);
    } else {
      kill(pid);
    }
  }

  @Test
  void endKillsTheWholeGroupThoughItIgnoresThePoliteSignal() throws Exception {
    Path child = folder.resolve("child");
    Path grandchild = folder.resolve("grandchild");
    String deep = "trap '' TERM; sleep 300 & echo $! >'" + grandchild + "'; wait; sleep 300";
    Process process =
        wrapped(
            "trap '' TERM; sh -c \""
                + deep.replace("$!", "\\$!")
                + "\" & echo $! >'"
                + child
                + "'; wait; sleep 300");
    String group = readStart(process.getInputStream());
    await("it runs", () -> hasText(child) && hasText(grandchild));

    all(start(Wrapper.end(group, 15, Duration.ofSeconds(1))));

    assertThat(all(process)).contains("!end 137");
    awaitEnd(child);
    awaitEnd(grandchild);
  }

  @Test
  void endsTheCommandWhenNobodyListensAnyMore() throws Exception {
    Path pid = folder.resolve("pid");
    Process process = wrapped("echo $$ >'" + pid + "'; sleep 300");
    await("it runs", () -> hasText(pid));

    process.getInputStream().close();

    awaitEnd(pid);
    process.waitFor();
  }

  @Test
  void endsTheCommandWhenNobodyListenedFromTheStart() throws Exception {
    Path pid = folder.resolve("pid");
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    List<String> intoPipeWithoutReader = new ArrayList<>(shell);
    intoPipeWithoutReader.addAll(
        List.of("-c", "exec 3<>'" + pipe + "'; exec >'" + pipe + "' 3<&-; exec \"$@\"", "sh"));

    start(intoPipeWithoutReader, wrap("echo $$ >'" + pid + "'; sleep 300")).waitFor();

    // It may have been killed before it could say who it is.
    if (Files.exists(pid) && hasText(pid)) {
      awaitEnd(pid);
    }
  }

  @Test
  void endsTheCommandAndItsOwnSignsOfLifeWhenItIsKilled() throws Exception {
    Path pid = folder.resolve("pid");
    Process process = wrapped("echo $$ >'" + pid + "'; exec sleep 300");
    await("it runs", () -> hasText(pid));

    signal("KILL", process.pid());

    assertThat(all(process)).doesNotContain(END);
    awaitEnd(pid);
  }

  @Test
  void showsNoSignOfLifeForAKilledWrapperThatNobodyHasWaitedFor() throws Exception {
    Path pid = folder.resolve("pid");
    Command inner =
        Wrapper.wrap(
            Command.of("sh", "-c", "echo $PPID >'" + pid + "'; exec sleep 300"),
            "token",
            Duration.ofSeconds(1));
    Process careless = startWithoutWaiting(inner);
    try {
      await("it runs", () -> hasText(pid));
      readStart(careless.getInputStream());

      kill(pid);

      // The process that does not wait has closed its end, so this ends with the wrapper's family.
      assertThat(all(careless.getInputStream())).doesNotContain(END);
      assertThat(careless.isAlive()).isTrue();
    } finally {
      careless.destroyForcibly();
    }
  }

  @Test
  void showsNoSignOfLifeWhileTheWrapperIsStopped() throws Exception {
    Path pid = folder.resolve("pid");
    Process process = wrapped("echo $$ >'" + pid + "'; exec sleep 300");
    await("it runs", () -> hasText(pid));
    String group = readStart(process.getInputStream());
    signal("STOP", process.pid());
    await("it is stopped", () -> state(process.pid()).startsWith("T"));
    Thread.sleep(1500); // a beat that was on its way
    int before = process.getInputStream().available();

    Thread.sleep(3000);

    assertThat(process.getInputStream().available()).isEqualTo(before);
    signal("CONT", process.pid());
    all(start(Wrapper.end(group, 15, Duration.ofSeconds(1))));
    assertThat(all(process)).contains(END);
  }

  /// Starts the command as the child of a process that never waits for it.
  private Process startWithoutWaiting(Command command) throws IOException {
    List<String> argv = new ArrayList<>(List.of("sh", "-c"));
    argv.add("\"$@\" & exec sleep 300 >/dev/null");
    argv.add("careless");
    argv.addAll(shell);
    argv.addAll(command.argv().subList(1, command.argv().size()));
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.redirectError(folder.resolve("stderr").toFile());
    builder.environment().put("PATH", path());
    return builder.start();
  }

  private static void signal(String name, long pid) throws Exception {
    int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    assertThat(status).isZero();
  }

  private static String readStart(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    assertThat(line).startsWith(START);
    return line.substring(START.length());
  }

  private static boolean hasText(Path file) {
    try {
      return Files.exists(file) && Files.readString(file).endsWith("\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitEnd(Path pid) throws Exception {
    long number = Long.parseLong(Files.readString(pid).strip());
    await("process " + number + " is gone", () -> !lives(number));
  }

  private static void kill(Path pid) throws IOException {
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  private static boolean lives(long pid) {
    String state = state(pid);
    return !state.isEmpty() && !state.startsWith("Z");
  }

  private static String state(long pid) {
    try {
      String status = Files.readString(Path.of("/proc/" + pid + "/status"));
      return status.substring(status.indexOf("State:\t") + 7);
    } catch (IOException _) {
      return "";
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    Instant deadline = Instant.now().plusSeconds(60);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as(what).isBefore(deadline);
      Thread.sleep(20);
    }
  }
}
