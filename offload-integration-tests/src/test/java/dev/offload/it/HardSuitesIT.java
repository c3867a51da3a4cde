package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.it.OffloadCommand.Running;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What real suites and machines throw at a run: each gives one clear message, or simply works.
class HardSuitesIT {
  private static final long MOST_MEMORY_KIB = 300 * 1024;

  @TempDir private Path project;
  private String python = "";

  @BeforeEach
  void findPython() {
    python = TestTools.require("pytest-9/bin/python").toString();
  }

  @Test
  void saysWhatToInstallWhenPytestIsMissing() throws IOException, InterruptedException {
    Path empty = project.resolve("empty");
    new ProcessBuilder("python3", "-m", "venv", "--without-pip", empty.toString())
        .inheritIO()
        .start()
        .waitFor();
    write("test_a.py", "def test_a(): pass");
    config(empty.resolve("bin/python") + " -m pytest", "");

    Result result = run();

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.stderr()).contains("pytest").contains("install").doesNotContain("\tat ");
  }

  @Test
  void saysThatPythonIsMissing() throws IOException {
    write("test_a.py", "def test_a(): pass");
    config("/no/such/python -m pytest", "");

    Result result = run();

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.stderr()).contains("/no/such/python").doesNotContain("\tat ");
  }

  @Test
  void judgesTestsAlsoWhenNothingCanBeWritten() throws IOException {
    write("test_a.py", "def test_a(): pass");
    write("results", "a file where the folder should be");
    config(python + " -m pytest", "[report]\noutput_dir = \"results\"\n");

    Result result = run();

    assertThat(result.exitCode()).isZero();
    assertThat(result.stderr()).contains("1 passed", "nothing can be written to");
    assertThat(project.resolve("results")).hasContent("a file where the folder should be");
  }

  @Test
  void deletesNothingThatItDidNotMake() throws IOException {
    write("test_a.py", "def test_a(): pass");
    write("logs/batch-1.stdout.success", "mine");
    write("notes.txt", "mine");
    config(python + " -m pytest", "[report]\noutput_dir = \".\"\n");

    assertThat(run().exitCode()).isZero();
    assertThat(run().exitCode()).isZero();

    assertThat(project.resolve("notes.txt")).hasContent("mine");
    assertThat(project.resolve("test_a.py")).exists();
    assertThat(project.resolve("junit.xml")).exists();
  }

  @Test
  void survivesFloodsOfOutput() throws IOException, InterruptedException {
    write(
        "test_flood.py",
        """
        import os, sys

        def test_captured():
            for _ in range(200):
                print("x" * 1_000_000)

        def test_binary(capfd):
            with capfd.disabled():
                for _ in range(50):
                    os.write(1, bytes(range(256)) * 4096)

        def test_closes_stdout():
            os.close(1)

        def test_after():
            print("fine")
            assert "fine" == "fine"
        """);
    config(python + " -m pytest", "");

    Running running = OffloadCommand.in(project).within(Duration.ofMinutes(4)).start("run");
    long memory = peakMemoryKib(running.process());
    Result result = running.await();

    assertThat(result.stderr()).contains("4 passed");
    assertThat(result.exitCode()).isZero();
    assertThat(memory).isPositive().isLessThan(MOST_MEMORY_KIB);
  }

  @Test
  void runsThousandsOfParametersOfOneFile() throws IOException {
    write(
        "test_many.py",
        """
        import pytest

        @pytest.mark.parametrize("i", range(5000))
        def test_many(i):
            assert i != 1234
        """);
    config(python + " -m pytest", "");

    Result result = OffloadCommand.in(project).within(Duration.ofMinutes(4)).run("run");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("test_many.py::test_many[1234]", "4,999 passed", "1 failed");
  }

  @Test
  void endsATestThatHangsAndWhateverItStarted() throws IOException, InterruptedException {
    String mark = "31536000." + ProcessHandle.current().pid();
    write(
        "test_hang.py",
        """
        import subprocess, time

        def test_hang():
            subprocess.Popen(["sleep", "%s"])
            subprocess.Popen(["sleep", "%s"], start_new_session=True)
            time.sleep(3600)

        def test_next():
            pass
        """
            .formatted(mark, mark));
    config(python + " -m pytest", "timeout_secs = 2\n");

    Result result = run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stderr()).contains("test_hang.py::test_hang", "1 passed", "1 failed");
    assertThat(result.stderr()).containsIgnoringCase("time");
    // A killed process may be seen for a moment.
    ShellProject.await("nothing it started is left", () -> commandLines(mark).isEmpty());
  }

  @Test
  void blamesACrashOnTheTestThatRan() throws IOException {
    write(
        "test_crash.py",
        """
        import os, signal

        def test_before(): pass
        def test_exit(): os._exit(0)
        def test_signal(): os.kill(os.getpid(), signal.SIGSEGV)
        def test_after(): pass
        """);
    config(python + " -m pytest", "");

    Result result = run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stderr()).contains("2 passed", "2 failed", "SIGSEGV");
  }

  @Test
  void isNotGreenWhenAModuleCannotBeImported() throws IOException {
    write("test_good.py", "def test_good(): pass");
    write("test_broken.py", "import no_such_module_anywhere");
    config(python + " -m pytest", "");

    Result result = run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stderr()).contains("test_broken.py", "no_such_module_anywhere", "1 passed");
  }

  @Test
  void saysThatThereIsNoTest() throws IOException {
    write("test_empty.py", "");
    config(python + " -m pytest", "");

    Result result = run();

    assertThat(result.exitCode()).isEqualTo(4);
  }

  @Test
  void refusesAFolderThatAnotherRunUses() throws IOException, InterruptedException {
    write("test_slow.py", "import time\ndef test_slow(): time.sleep(300)");
    config(python + " -m pytest", "");
    Running first = OffloadCommand.in(project).start("run");
    Path journal = project.resolve("test-results/events.jsonl");
    while (!Files.exists(journal) && first.process().isAlive()) {
      Thread.sleep(20);
    }

    Result second = run();
    first.process().destroy();

    assertThat(second.stderr()).contains("another run writes to");
    assertThat(second.exitCode()).isEqualTo(78);
    assertThat(first.await().exitCode()).isEqualTo(143);
  }

  private Result run() {
    return OffloadCommand.in(project).within(Duration.ofMinutes(3)).run("run");
  }

  private void config(String command, String more) throws IOException {
    String group = more.startsWith("[") ? "" : more;
    String tables = more.startsWith("[") ? more : "";
    write(
        "offload.toml",
        """
        [offload]
        max_parallel = 2
        sandbox_project_root = "/app"

        [provider]
        type = "local"

        [framework]
        type = "pytest"
        command = "%s"

        [groups.all]
        %s
        %s
        """
            .formatted(command, group, tables));
  }

  private void write(String name, String text) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static long peakMemoryKib(Process process) throws InterruptedException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    long peak = 0;
    while (process.isAlive()) {
      try (Stream<String> lines = Files.lines(status)) {
        peak =
            lines
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .reduce(peak, Math::max);
      } catch (IOException _) {
        // The process ended between the two looks.
        return peak;
      }
      Thread.sleep(50);
    }
    return peak;
  }

  private static List<String> commandLines(String containing) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(containing))
        .toList();
  }
}
