package dev.offload.framework.pytest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.Exit;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a batch reports when things are not ordinary.
@Tag("tools")
@ParameterizedClass(name = "orders of {0} tests")
@ValueSource(ints = {0, 1000})
class PytestExecutionTest {
  /// 0: each batch in a process of its own; else in warm processes.
  @Parameter int orderSize;

  @TempDir Path temporary;
  private Path project;

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(temporary.resolve("project"));
  }

  private void write(String name, String content) throws IOException {
    Projects.write(project, name, content);
  }

  private Pytest pytest(String version) {
    return new Pytest(version, project, temporary).warm(orderSize);
  }

  @ParameterizedTest
  @CsvSource({
    "os._exit(0), exit code 0",
    "os._exit(7), exit code 7",
    "'os.kill(os.getpid(), 11)', signal 11 (SIGSEGV)"
  })
  void aProcessThatEndsInATestLeavesExactlyThatTestUnfinished(String code, String end)
      throws IOException, InterruptedException {
    write(
        "test_it.py",
        """
        import os
        def test_before():
            pass
        def test_dies():
            %s
        def test_after():
            pass
        """
            .formatted(code));
    Pytest.Batch batch = pytest("pytest-9").runAll();

    assertThat(batch.output().exit().inWords()).isEqualTo(end);
    assertThat(batch.lines()).containsExactly("test_it.py::test_before: PASSED");
    assertThat(batch.unfinished()).containsExactly("test_it.py::test_dies");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-p no:faulthandler"})
  void aHangingTestSaysWhereItHangs(String addopts) throws IOException, InterruptedException {
    write("pytest.ini", "[pytest]\naddopts = " + addopts + "\n");
    write(
        "test_it.py",
        """
        import time
        def waits_for_ever():
            while True:
                time.sleep(1)
        def test_hangs():
            waits_for_ever()
        """);
    Pytest pytest = pytest("pytest-9");
    Path folder = pytest.folder();
    ExecutionRequest request = pytest.request(pytest.found().tests(), folder);
    StepRun run = new StepRun(project, folder, List.of());
    Process process = run.start(pytest.framework().execution(request));
    while (!run.read("stdout").contains("\"started\":0")) {
      assertThat(process.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    TimeUnit.MILLISECONDS.sleep(100);

    int signal = pytest.framework().diagnosticSignal();
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    Exit exit = run.finish(process).exit();

    assertThat(exit).isEqualTo(new Exit.Signalled(signal));
    assertThat(run.read("stderr")).contains("Fatal Python error: Aborted", "waits_for_ever");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-s"})
  void whatATestDoesToItsStreamsDoesNotDisturbTheSignals(String addopts)
      throws IOException, InterruptedException {
    write("pytest.ini", "[pytest]\naddopts = " + addopts + "\n");
    write(
        "test_it.py",
        """
        import os, sys, subprocess
        def test_closes_stdout():
            sys.stdout.flush()
            saved = os.dup(1)
            os.close(1)
            subprocess.call(["true"])
            os.dup2(saved, 1)
            os.close(saved)
        def test_forks():
            pid = os.fork()
            if pid:
                assert os.waitpid(pid, 0)[1] == 0
            else:
                import threading
                threading.Timer(0.5, os._exit, [0]).start()
        def test_prints_binary():
            os.write(1, bytes(range(256)) * 10)
        def test_imitates_a_signal():
            os.write(1, b'\\x1eold-token {"finished":4,"outcome":"failed"}\\n')
        def test_prints_without_end_of_line():
            os.write(1, b"no line end")
        def test_children_do_not_inherit():
            code = "import os; print(sorted(os.listdir('/proc/self/fd')))"
            out = subprocess.check_output([sys.executable, "-c", code], close_fds=False)
            assert b"200" not in out and b"201" not in out
        """);
    Pytest.Batch batch = pytest("pytest-9").runAll();

    assertThat(batch.lines()).hasSize(6).allMatch(line -> line.endsWith(": PASSED"));
    assertThat(batch.started()).hasSize(6);
  }

  @Test
  void longTextsAreShortenedInTheMiddle() throws IOException, InterruptedException {
    write(
        "test_it.py",
        """
        def test_prints():
            for _ in range(20):
                print("x" * (1 << 20))
            print("the end")
        def test_fails():
            raise AssertionError("first line\\n" + "y" * 500000 + "\\nlast line")
        """);
    Pytest.Batch batch = pytest("pytest-9").runAll();

    String stdout = batch.report("test_it.py::test_prints").stdout();
    assertThat(stdout.length()).isBetween(131072, 131200);
    assertThat(stdout).endsWith("the end\n").contains("\n... 20840476 characters left out ...\n");
    assertThat(batch.report("test_it.py::test_fails").message())
        .isEqualTo("AssertionError: first line");
    assertThat(batch.report("test_it.py::test_fails").details().length()).isLessThan(131200);
  }

  @Test
  void testsFindNoTraceOfOffload() throws IOException, InterruptedException {
    write("lib/mine.py", "");
    write(
        "test_it.py",
        """
        import os, sys
        def test_environment():
            assert os.environ["PYTHONPATH"] == "lib"
            assert not [name for name in os.environ if name.startswith("OFFLOAD") and name != "OFFLOAD_BATCH_ID"]
            assert not [path for path in sys.path if "step-" in path]
            import mine
        """);
    assertThat(pytest("pytest-9").env("PYTHONPATH", "lib").runAll().lines())
        .containsExactly("test_it.py::test_environment: PASSED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-9"})
  void aFileThatCannotBeCollectedInTheSandboxIsAnErrorOfItsTests(String version)
      throws IOException, InterruptedException {
    write("test_a.py", "def test_1():\n    pass\ndef test_2():\n    pass\n");
    write("test_b.py", "def test_3():\n    pass\n");
    Pytest pytest = pytest(version);
    List<TestCase> tests = pytest.found().tests();
    write("test_a.py", "import only_elsewhere\ndef test_1():\n    pass\n");

    Pytest.Batch batch = pytest.run(tests);

    assertThat(batch.lines())
        .containsExactly(
            "test_a.py::test_1: ERRORED ModuleNotFoundError: No module named 'only_elsewhere'",
            "test_a.py::test_2: ERRORED ModuleNotFoundError: No module named 'only_elsewhere'",
            "test_b.py::test_3: PASSED");
    assertThat(batch.report("test_a.py::test_1").details()).contains("import only_elsewhere");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-9"})
  void aConftestThatFailsInTheSandboxIsAnErrorOfAllTests(String version)
      throws IOException, InterruptedException {
    write("test_a.py", "def test_1():\n    pass\n");
    write("sub/test_b.py", "def test_2():\n    pass\n");
    Pytest pytest = pytest(version);
    List<TestCase> tests = pytest.found().tests();
    write("conftest.py", "raise RuntimeError('no licence here')\n");

    Pytest.Batch batch = pytest.run(tests);

    assertThat(batch.reports().values())
        .hasSize(2)
        .allSatisfy(report -> {
          assertThat(report.outcome()).isEqualTo(Outcome.ERRORED);
          assertThat(report.message()).contains("RuntimeError: no licence here");
          assertThat(report.details()).contains("conftest.py");
        });
  }

  @Test
  void testsThatVanishedAreNotReportedButExplained() throws IOException, InterruptedException {
    write("test_a.py", "def test_one():\n    pass\ndef test_two():\n    pass\n");
    write("test_b.py", "def test_three():\n    pass\n");
    Pytest pytest = pytest("pytest-9");
    List<TestCase> tests = pytest.found().tests();
    write("test_a.py", "def test_one():\n    pass\ndef test_too():\n    pass\n");
    Files.delete(project.resolve("test_b.py"));

    Pytest.Batch batch = pytest.run(tests);

    assertThat(batch.lines()).containsExactly("test_a.py::test_one: PASSED");
    assertThat(batch.diagnoses())
        .containsExactly(
            "test_a.py::test_two was not collected here; the nearest of its file are:"
                + " test_a.py::test_too, test_a.py::test_one",
            "test_b.py::test_three was not collected here; its file is not here");
  }

  @Test
  void aModuleThatSkippedItselfAtDiscoveryRunsAsOneWhereItDoesNot()
      throws IOException, InterruptedException {
    write("test_a.py", "import pytest\npytest.importorskip('elsewhere')\ndef test_1(): pass\n");
    Pytest pytest = pytest("pytest-9");
    List<TestCase> tests = pytest.found().tests();
    assertThat(tests).extracting(test -> test.id().value()).containsExactly("test_a.py");
    assertThat(pytest.run(tests).lines())
        .containsExactly(
            "test_a.py: SKIPPED could not import 'elsewhere': No module named 'elsewhere'");

    write(
        "test_a.py",
        "def test_1(): pass\ndef test_2(): assert 0, 'bad'\ndef test_3(): print('said')\n");
    Pytest.Batch batch = pytest.run(tests);
    assertThat(batch.lines()).containsExactly("test_a.py: FAILED AssertionError: bad");
    assertThat(batch.report("test_a.py").stdout()).isEqualTo("said\n");
    assertThat(batch.report("test_a.py").duration()).isGreaterThan(Duration.ZERO);
  }

  @Test
  void aModuleThatSkipsItselfOnlyInTheSandboxSkipsItsTests()
      throws IOException, InterruptedException {
    write("test_a.py", "def test_1(): pass\ndef test_2(): pass\n");
    Pytest pytest = pytest("pytest-9");
    List<TestCase> tests = pytest.found().tests();
    write("test_a.py", "import pytest\npytest.skip('no GPU', allow_module_level=True)\n");

    assertThat(pytest.run(tests).lines())
        .containsExactly("test_a.py::test_1: SKIPPED no GPU", "test_a.py::test_2: SKIPPED no GPU");
  }

  @Test
  void partsOfABatchWithDifferentConfigurationsRunOneAfterTheOther()
      throws IOException, InterruptedException {
    for (String lib : List.of("a", "b")) {
      write("libs/" + lib + "/pytest.ini", "[pytest]\npython_functions = " + lib + "_*\n");
      write("libs/" + lib + "/test_x.py", "def " + lib + "_test():\n    pass\n");
    }
    Pytest pytest = pytest("pytest-9");
    List<TestCase> tests = new ArrayList<>(pytest.paths("libs/a").found().tests());
    tests.addAll(pytest.paths("libs/b").found().tests());

    assertThat(pytest.run(tests).lines())
        .containsExactly("test_x.py::a_test: PASSED", "test_x.py::b_test: PASSED");
  }

  @Test
  void aPartThatCrashesIsNotFollowedByTheNext() throws IOException, InterruptedException {
    write("libs/a/pytest.ini", "[pytest]\n");
    write("libs/a/test_a.py", "import os\ndef test_a():\n    os._exit(0)\n");
    write("libs/b/pytest.ini", "[pytest]\n");
    write("libs/b/test_b.py", "def test_b():\n    pass\n");
    Pytest pytest = pytest("pytest-9");
    List<TestCase> tests = new ArrayList<>(pytest.paths("libs/a").found().tests());
    tests.addAll(pytest.paths("libs/b").found().tests());

    Pytest.Batch batch = pytest.run(tests);

    assertThat(batch.started()).containsExactly("test_a.py::test_a");
    assertThat(batch.unfinished()).containsExactly("test_a.py::test_a");
  }

  @Test
  void optionsOfTheProjectsOwnConftestAreKnown() throws IOException, InterruptedException {
    write(
        "tests/conftest.py", "def pytest_addoption(parser):\n    parser.addoption('--flavour')\n");
    write(
        "tests/deep/test_a.py",
        "def test_it(pytestconfig):\n    assert pytestconfig.getoption('flavour') == 'x y'\n");

    assertThat(pytest("pytest-9").paths("tests").runArgs("--flavour=x y").runAll().lines())
        .containsExactly("tests/deep/test_a.py::test_it: PASSED");
  }

  @Test
  void namesThatPytestReadsAsSyntaxAreSelectedAllTheSame()
      throws IOException, InterruptedException {
    write("odd [names]/test_a.py", "def test_1():\n    pass\n");
    write("-dashes/test_b b.py", "def test_2():\n    pass\n");

    assertThat(pytest("pytest-9").runAll().lines())
        .containsExactlyInAnyOrder(
            "odd [names]/test_a.py::test_1: PASSED", "-dashes/test_b b.py::test_2: PASSED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-9"})
  void filesThatAreOnlyFoundWhenNamedAreRunAsWell(String version)
      throws IOException, InterruptedException {
    write("pytest.ini", "[pytest]\nnorecursedirs = left_out\n");
    write("conftest.py", "collect_ignore = ['left_out/ignored_test.py']\n");
    write("left_out/unusual_name.py", "def test_1():\n    pass\n");
    write("left_out/ignored_test.py", "def test_2():\n    pass\n");
    write("left_out/test_other.py", "raise RuntimeError('nobody asked for this file')\n");
    write("test_a.py", "def test_3():\n    pass\n");

    assertThat(
            pytest(version)
                .filters("left_out/unusual_name.py left_out/ignored_test.py test_a.py")
                .runAll()
                .lines())
        .containsExactly(
            "left_out/unusual_name.py::test_1: PASSED",
            "left_out/ignored_test.py::test_2: PASSED",
            "test_a.py::test_3: PASSED");
  }

  @Test
  void aSuiteThatTestsPytestItselfIsNotDisturbed() throws IOException, InterruptedException {
    write("conftest.py", "pytest_plugins = ['pytester']\n");
    write(
        "test_it.py",
        """
        import pluggy, iniconfig, packaging.version
        def test_inner(pytester):
            pytester.makepyfile("def test_a(): pass\\ndef test_b(): assert 0")
            pytester.runpytest_inprocess().assert_outcomes(passed=1, failed=1)
            pytester.runpytest_subprocess().assert_outcomes(passed=1, failed=1)
        """);
    Pytest.Batch batch = pytest("pytest-9").runAll();

    assertThat(batch.lines()).containsExactly("test_it.py::test_inner: PASSED");
  }

  @Test
  void anInternalErrorIsTheErrorOfTheTestItHit() throws IOException, InterruptedException {
    write(
        "conftest.py",
        """
        def pytest_runtest_logreport(report):
            if report.nodeid.endswith("test_2") and report.when == "call":
                raise RuntimeError("our hook is broken")
        """);
    write("test_it.py", "def test_1(): pass\ndef test_2(): pass\ndef test_3(): pass\n");
    Pytest.Batch batch = pytest("pytest-9").runAll();

    assertThat(batch.lines())
        .containsExactly(
            "test_it.py::test_1: PASSED",
            "test_it.py::test_2: ERRORED RuntimeError: our hook is broken");
    assertThat(batch.diagnoses())
        .first()
        .asString()
        .contains("internal error of pytest: RuntimeError: our hook is broken");
    assertThat(batch.diagnoses())
        .last()
        .isEqualTo("pytest ended with an internal error (exit code 3)");
  }

  @Test
  void anArgumentThatPytestRefusesIsExplained() throws IOException, InterruptedException {
    write("test_it.py", "def test_1(): pass\n");
    Pytest.Batch batch = pytest("pytest-9").runArgs("--no-such-option").runAll();

    assertThat(batch.started()).isEmpty();
    assertThat(batch.diagnoses())
        .containsExactly("pytest refused its arguments or its configuration (exit code 4)");
    assertThat(batch.output().stderr()).contains("unrecognized arguments: --no-such-option");
  }
}
