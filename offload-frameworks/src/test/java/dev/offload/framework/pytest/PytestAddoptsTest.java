package dev.offload.framework.pytest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.Discovery;
import dev.offload.api.test.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a project writes into `addopts`, and which plug-ins it has, must not change what is
/// discovered, what is run, or how it ends.
@Tag("tools")
@ParameterizedClass(name = "orders of {0} tests")
@ValueSource(ints = {0, 1000})
class PytestAddoptsTest {
  private static final String SUITE =
      """
      import pytest

      @pytest.mark.parametrize("n", range(3))
      def test_first(n):
          assert n - 1

      @pytest.mark.slow
      def test_slow():
          pass

      class TestMore:
          def test_last(self):
              print("said")
      """;

  private static final List<String> OUTCOMES =
      List.of(
          "test_suite.py::test_first[0]: PASSED",
          "test_suite.py::test_first[1]: FAILED assert (1 - 1)",
          "test_suite.py::test_first[2]: PASSED",
          "test_suite.py::test_slow: PASSED",
          "test_suite.py::TestMore::test_last: PASSED");

  /// 0: each batch in a process of its own; else in warm processes.
  @Parameter int orderSize;

  @TempDir Path temporary;
  private Path project;

  @BeforeEach
  void writeSuite() throws IOException {
    project = Files.createDirectories(temporary.resolve("project"));
    Projects.write(project, "test_suite.py", SUITE);
  }

  private Pytest pytest(String version, Path scratch) {
    return new Pytest(version, project, scratch).warm(orderSize);
  }

  private void addopts(String words, String more) throws IOException {
    Projects.write(
        project,
        "pytest.ini",
        "[pytest]\nmarkers =\n  slow: takes long\naddopts = " + words + "\n" + more + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          pytest-7,         -q -x --lf --sw
          pytest-9,         -qqq --tb=no --junitxml=report.xml --lf --sw --pdb
          pytest-7,         -p no:terminal -p no:logging --strict-markers
          pytest-9,         -p no:terminal -p no:faulthandler --strict-config
          pytest-9,         -v --maxfail=1 --collect-only -s -p no:cacheprovider
          pytest-9-plugins, -n4
          pytest-9-plugins, -n2 --dist=loadfile --cov=. --cov-fail-under=100
          pytest-8-plugins, --reruns 2 --timeout 60 -n auto
          """)
  void schedulingAndVerbosityOfTheProjectChangeNothing(String version, String words)
      throws IOException, InterruptedException {
    addopts(words, "filterwarnings = error");
    Pytest pytest = pytest(version, temporary);

    List<TestCase> tests = pytest.found().tests();
    Pytest.Batch batch = pytest.run(tests);

    assertThat(tests).extracting(test -> test.id().value() + ": ").hasSize(5);
    assertThat(batch.lines()).isEqualTo(OUTCOMES);
    assertThat(batch.started()).hasSize(5);
    assertThat(batch.diagnoses()).isEmpty();
  }

  @Test
  void aSelectionOfTheProjectHoldsAtDiscoveryAndCannotDropWhatWasRequested()
      throws IOException, InterruptedException {
    addopts("", "");
    Pytest pytest = pytest("pytest-9", temporary);
    List<TestCase> all = pytest.found().tests();
    addopts("-m 'not slow' -k 'not last' --deselect=test_suite.py::test_first[0]", "");

    assertThat(pytest.found().tests())
        .extracting(test -> test.id().value())
        .containsExactly("test_suite.py::test_first[1]", "test_suite.py::test_first[2]");
    assertThat(pytest.run(all).lines()).isEqualTo(OUTCOMES);
  }

  @Test
  void filtersOfAGroupSelectAtDiscoveryAndAreNotRepeated()
      throws IOException, InterruptedException {
    addopts("", "");
    Pytest pytest = pytest("pytest-9", temporary).filters("-m slow test_suite.py");

    List<TestCase> tests = pytest.found().tests();

    assertThat(tests).extracting(TestCase::line).containsExactly(7);
    assertThat(pytest.run(tests).lines()).containsExactly(OUTCOMES.get(3));
  }

  @Test
  void coverageIsNotMeasuredAtDiscoveryButInBatches() throws IOException, InterruptedException {
    addopts("--cov=.", "");
    Pytest pytest = pytest("pytest-9-plugins", temporary);

    List<TestCase> tests = pytest.found().tests();
    assertThat(project.resolve(".coverage")).doesNotExist();

    pytest.run(tests);
    assertThat(project.resolve(".coverage")).exists();
  }

  @Test
  void failFastStopsAtTheFirstFailure() throws IOException, InterruptedException {
    addopts("", "");
    Pytest pytest = pytest("pytest-9", temporary).failFast();

    Pytest.Batch batch = pytest.runAll();

    assertThat(batch.lines()).isEqualTo(OUTCOMES.subList(0, 2));
    assertThat(batch.diagnoses()).singleElement().asString().contains("stopping after 1 failures");
  }

  @Test
  void aRerunTestIsReportedOnceWithItsLastOutcome() throws IOException, InterruptedException {
    addopts("--reruns 3", "");
    Projects.write(
        project,
        "test_suite.py",
        """
        import os
        def test_third_time():
            with open("count", "a+") as file:
                file.write("x")
                file.seek(0)
                assert len(file.read()) == 3
        """);
    Pytest.Batch batch = pytest("pytest-8-plugins", temporary).runAll();

    assertThat(batch.lines()).containsExactly("test_suite.py::test_third_time: PASSED");
  }

  @Test
  void severalFailedSubTestsAreOneFailureWithAllTexts() throws IOException, InterruptedException {
    Projects.write(
        project,
        "test_suite.py",
        """
        import unittest
        def test_fixture(subtests):
            for i in range(4):
                with subtests.test("part", i=i):
                    assert i % 2 == 0, "odd %d" % i
        class Case(unittest.TestCase):
            def test_method(self):
                for i in range(4):
                    with self.subTest(i=i):
                        assert i % 2 == 0, "odd %d" % i
        """);
    for (String version : List.of("pytest-8-plugins", "pytest-9")) {
      Pytest.Batch batch = pytest(version, temporary.resolve(version)).runAll();

      assertThat(batch.lines())
          .containsExactly(
              "test_suite.py::test_fixture: FAILED [part] (i=1) AssertionError: odd 1",
              "test_suite.py::Case::test_method: FAILED (i=1) AssertionError: odd 1");
      assertThat(batch.report("test_suite.py::test_fixture").details()).contains("odd 1", "odd 3");
      assertThat(batch.report("test_suite.py::Case::test_method").details())
          .contains("odd 1", "odd 3");
    }
  }

  @Test
  void runsLeaveNoMemoryOfTheLastRunBehind() throws IOException, InterruptedException {
    addopts("", "");
    pytest("pytest-9", temporary).runAll();

    try (Stream<Path> files = Files.walk(project)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .doesNotContain("lastfailed", "nodeids");
    }
  }

  @Test
  void testsThatWereCollectedTwiceRunOnce() throws IOException, InterruptedException {
    addopts("", "");
    Pytest pytest = pytest("pytest-7", temporary).paths("test_suite.py", "test_suite.py");

    Discovery.Found found = pytest.found();

    assertThat(found.tests()).hasSize(5);
    assertThat(found.warnings()).singleElement().asString().contains("5 tests", "each runs once");
    assertThat(pytest.run(found.tests()).lines()).isEqualTo(OUTCOMES);
  }
}
