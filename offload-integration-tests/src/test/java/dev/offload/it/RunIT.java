package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.it.OffloadCommand.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunIT {
  @TempDir private Path project;

  private Result run(String... arguments) {
    return Fixture.withPytest(project).run(arguments);
  }

  private String results(String file) throws IOException {
    return Files.readString(project.resolve("test-results").resolve(file));
  }

  @Test
  void runsEveryTestAndLeavesReports() throws IOException {
    Fixture.copy("small", project);

    Result result = run("run");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stdout()).isEmpty();
    assertThat(results("summary.json")).contains("\"total\":6,\"passed\":5", "\"skipped\":1");
    assertThat(results("junit.xml")).contains("tests=\"6\"", "failures=\"0\"");
  }

  @Test
  void runsOnlyTheNamedTests() throws IOException {
    Fixture.copy("small", project);

    Result result =
        run("run", "tests/test_small.py::test_odd[two words]", "tests/test_small.py::test_passes");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(results("summary.json")).contains("\"total\":2,\"passed\":2");
  }

  @Test
  void endsWith64WhenANamedTestDoesNotExist() {
    Fixture.copy("small", project);

    Result result = run("run", "tests/test_small.py::test_pases");

    assertThat(result.exitCode()).isEqualTo(64);
  }

  @Test
  void endsWith4WhenThereIsNoTest() {
    Fixture.copy("small", project);

    assertThat(run("run", "-k", "nothing").exitCode()).isEqualTo(4);
  }

  @Test
  void endsWith1WhenATestFailsEveryTime() throws IOException {
    Fixture.copy("small", project);
    Files.writeString(project.resolve("tests/test_bad.py"), "def test_bad():\n  assert 1 == 2\n");

    Result result = run("run");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(results("summary.json")).contains("\"failed\":1");
    Result logs = run("logs", "--failures");
    assertThat(logs.outLines().getFirst())
        .isEqualTo("=== tests/test_bad.py::test_bad [FAILED] ===");
    assertThat(logs.stdout()).contains("assert 1 == 2");
  }

  @Test
  void makesTheSameReportsAgainFromTheJournal() throws IOException {
    Fixture.copy("small", project);
    run("run");
    String junit = results("junit.xml");
    String summary = results("summary.json");
    Files.delete(project.resolve("test-results/junit.xml"));
    Files.delete(project.resolve("test-results/summary.json"));

    Result result = run("report");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(results("junit.xml")).isEqualTo(junit);
    assertThat(results("summary.json")).isEqualTo(summary);
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void aSignalEndsTheRunWithReportsAndLeavesNothingBehind(String signal, int exitCode)
      throws IOException, InterruptedException {
    Fixture.copy("slow", project);
    Running running = Fixture.withPytest(project).within(Duration.ofMinutes(3)).start("run");
    await("two tests run", () -> children().size() >= 2);
    List<ProcessHandle> children = children();

    send(signal, running);
    Result result = running.await();

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(exitCode);
    assertThat(results("summary.json"))
        .contains("\"exit_code\":" + exitCode, "\"total\":5", "\"verdict\":\"not_run\"");
    assertThat(results("junit.xml")).contains("tests=\"5\"");
    await(
        "the tests' children are gone", () -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws IOException, InterruptedException {
    Fixture.copy("slow", project);
    Running running = Fixture.withPytest(project).within(Duration.ofMinutes(3)).start("run");
    await("two tests run", () -> children().size() >= 2);
    List<ProcessHandle> children = children();

    send("INT", running);
    send("INT", running);

    assertThat(running.await().exitCode()).isEqualTo(130);
    await(
        "the tests' children are gone", () -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static void send(String signal, Running to) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(to.process().pid())).start().waitFor();
  }

  /// Return the processes that tests of the project `slow` have started.
  private List<ProcessHandle> children() {
    try (Stream<Path> files = Files.list(project)) {
      return files
          .filter(file -> file.toString().endsWith(".pid"))
          .map(RunIT::text)
          .filter(text -> !text.isEmpty())
          .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(90);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as(what).isBefore(end);
      Thread.sleep(50);
    }
  }
}
