package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.Verdict;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A project of pytest tests on the sandboxes of `examples/shell-provider`, whose commands can be
/// made to go wrong.
///
/// Every call of a command is noted in `calls`; a file `faults/NAME` is shell text that is read
/// before the command. Every execution of a test is noted in `executions`.
final class ShellProject {
  private static final Path SCRIPTS =
      OffloadCommand.sourceRoot().resolve("examples/shell-provider/scripts");

  final Path folder;
  final Path sandboxes;
  private final StringBuilder tests =
      new StringBuilder(
          """
          import os, subprocess, time
          def note(name):
              fd = os.open(os.environ['NOTES'], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
              os.write(fd, (name + '\\n').encode())
              os.close(fd)
          """);
  private int count;
  private boolean copies = true;

  ShellProject(Path place) throws IOException {
    folder = Files.createDirectories(place.resolve("project"));
    sandboxes = Files.createDirectories(place.resolve("sandboxes"));
    Files.createDirectories(folder.resolve("tests"));
    Files.createDirectories(folder.resolve("faults"));
    Files.writeString(
        folder.resolve("command.sh"),
        """
        #!/bin/sh
        # usage: command.sh NAME ARGUMENT...
        echo "$1 $2" >>'%1$s/calls'
        [ ! -f '%1$s/faults/'"$1" ] || . '%1$s/faults/'"$1"
        name=$1
        shift
        exec '%2$s/'"$name.sh" "$@"
        """
            .formatted(folder, SCRIPTS));
  }

  /// Add tests that sleep 20 to 200 ms; every hundredth fails.
  ShellProject sleeping(int number) {
    for (int i = 0; i < number; i++) {
      String end = count % 100 == 37 ? "assert False" : "pass";
      test("time.sleep(" + (20 + count * 37 % 181) / 1000.0 + ")", end);
    }
    return this;
  }

  /// Add a test, named by its number.
  ShellProject test(String... body) {
    String name = "test_%04d".formatted(count++);
    tests.append("def ").append(name).append("():\n    note('").append(name).append("')\n");
    Stream.of(body).forEach(line -> tests.append("    ").append(line).append('\n'));
    return this;
  }

  ShellProject fault(String command, String shell) throws IOException {
    Files.writeString(folder.resolve("faults").resolve(command), shell + "\n");
    return this;
  }

  /// Have no test run a second time beside itself.
  ShellProject withoutCopies() {
    copies = false;
    return this;
  }

  OffloadCommand command(int parallel) throws IOException {
    return command(parallel, "");
  }

  OffloadCommand command(int parallel, String providerKeys) throws IOException {
    Files.writeString(folder.resolve("tests/test_all.py"), tests);
    write(
        parallel,
        providerKeys,
        """
        type = "pytest"
        command = "%s -m pytest -p no:cacheprovider"
        paths = ["tests"]
        """
            .formatted(TestTools.require("pytest-9/bin/python")));
    return offload();
  }

  void write(int parallel, String providerKeys, String framework) throws IOException {
    Files.writeString(
        folder.resolve("offload.toml"),
        """
        [offload]
        max_parallel = %d
        sandbox_project_root = "."
        impatiently_requeue_batches = %s
        [provider]
        type = "default"
        create_command = "sh command.sh create ."
        exec_command = "sh command.sh exec {sandbox_id} {command}"
        poll_command = "sh command.sh poll {sandbox_id}"
        destroy_command = "sh command.sh destroy {sandbox_id}"
        timeout_secs = 60
        %s
        [provider.env]
        NOTES = "%s/executions"
        [framework]
        %s
        [groups.all]
        retry_count = 1
        """
            .formatted(parallel, copies, providerKeys, folder, framework));
  }

  OffloadCommand offload() {
    return OffloadCommand.in(folder)
        .with("OFFLOAD_SHELL_SANDBOXES", sandboxes.toString())
        .with("NOTES", folder.resolve("executions").toString())
        .within(Duration.ofMinutes(5));
  }

  /// Return the events so far.
  List<RunEvent> events() {
    return Journal.events(folder.resolve("test-results"));
  }

  <T extends RunEvent> List<T> events(Class<T> kind) {
    return Journal.events(folder.resolve("test-results"), kind);
  }

  /// Return the verdicts so far, by the number of the test.
  Map<Integer, Verdict> verdicts() {
    Map<Integer, Verdict> verdicts = new LinkedHashMap<>();
    for (RunEvent.TestDecided decided : events(RunEvent.TestDecided.class)) {
      Verdict before = verdicts.put(number(decided.test().value()), decided.verdict());
      assertThat(before).as("second verdict of %s", decided.test()).isNull();
    }
    return verdicts;
  }

  static int number(String id) {
    return Integer.parseInt(id.substring(id.lastIndexOf('_') + 1));
  }

  void everyVerdictIsTrue() {
    Map<Integer, Verdict> verdicts = verdicts();
    assertThat(verdicts).hasSize(count);
    verdicts.forEach((test, verdict) ->
        assertThat(verdict)
            .as("verdict of test %d", test)
            .isEqualTo(test % 100 == 37 ? Verdict.FAILED : Verdict.PASSED));
  }

  /// Return how often each test was executed.
  Map<Integer, Long> executions() {
    return lines("executions").stream()
        .collect(Collectors.groupingBy(ShellProject::number, Collectors.counting()));
  }

  List<String> calls(String command) {
    return lines("calls").stream().filter(line -> line.startsWith(command + " ")).toList();
  }

  private List<String> lines(String file) {
    try {
      Path path = folder.resolve(file);
      return Files.exists(path) ? Files.readAllLines(path) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Return the sandboxes that are there, by the provider's names.
  List<String> boxes() {
    try (Stream<Path> all = Files.list(sandboxes)) {
      return all.map(box -> box.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Send a signal to everything in a sandbox.
  void kill(String box, String signal) {
    try {
      ProcessBuilder kill =
          new ProcessBuilder("sh", SCRIPTS.resolve("kill.sh").toString(), box, signal);
      kill.environment().put("OFFLOAD_SHELL_SANDBOXES", sandboxes.toString());
      kill.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      kill.start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Fail when a process, a folder or a sandbox was left.
  void nothingIsLeft() throws InterruptedException {
    await("no sandbox is left", () -> boxes().isEmpty());
    await("no process is left", () -> processes().isEmpty());
  }

  private List<String> processes() {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(path -> path.getFileName().toString().matches("\\d+"))
          .filter(this::isOurs)
          .map(Path::toString)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isOurs(Path process) {
    try {
      return Files.readString(
              process.resolve("environ"), java.nio.charset.StandardCharsets.ISO_8859_1)
          .contains("OFFLOAD_SHELL_SANDBOXES=" + sandboxes + "\0");
    } catch (IOException _) {
      return false;
    }
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(120);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as(what).isBefore(end);
      Thread.sleep(50);
    }
  }
}
