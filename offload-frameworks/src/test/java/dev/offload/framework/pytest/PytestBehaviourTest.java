package dev.offload.framework.pytest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.Discovery;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.TestCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One project that holds every ordinary behaviour of a test, checked against one model for all
/// pytest versions: `expected.txt`.
@Tag("tools")
@ParameterizedClass(name = "orders of {0} tests")
@ValueSource(ints = {0, 7})
class PytestBehaviourTest {
  /// 0: each batch in a process of its own; else in warm processes.
  @Parameter int orderSize;

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-8", "pytest-9"})
  void everyTestEndsAsTheModelSays(String version) throws IOException, InterruptedException {
    Path project = Projects.copy("behaviours", temporary.resolve("project"));
    Pytest pytest = new Pytest(version, project, temporary).warm(orderSize);

    Discovery.Found found = pytest.found();
    assertThat(found.errors())
        .extracting(error -> error.name() + ": " + error.message())
        .containsExactly(
            "tests/test_broken_import.py: ModuleNotFoundError: No module named"
                + " 'no_such_module_anywhere'",
            "tests/test_broken_syntax.py: SyntaxError: invalid syntax");
    assertThat(found.tests()).extracting(test -> test.id().value()).doesNotHaveDuplicates();

    Pytest.Batch batch = pytest.run(found.tests());
    assertThat(batch.started())
        .containsExactlyElementsOf(found.tests().stream().map(test -> test.id().value()).toList());
    assertThat(batch.unfinished()).isEmpty();
    assertThat(batch.diagnoses()).isEmpty();
    assertThat(batch.lines().stream().map(PytestBehaviourTest::sameForAllVersions))
        .containsExactlyElementsOf(Projects.lines("/pytest-expected/behaviours.txt"));
    checkTexts(batch);
  }

  /// pytest 9 goes on after a failed sub-test and names it; the older ones stop there.
  static String sameForAllVersions(String line) {
    return line.replace("x".repeat(10000), "xxx").replace("FAILED (i=1) ", "FAILED ");
  }

  private static void checkTexts(Pytest.Batch batch) {
    AttemptReport passed = batch.report("tests/test_outcomes.py::test_passes");
    assertThat(passed.stdout()).isEqualTo("said on stdout\n");
    assertThat(passed.stderr()).startsWith("said on stderr\n").contains("said in the log");
    assertThat(passed.duration()).isPositive();
    AttemptReport failed = batch.report("tests/test_outcomes.py::test_fails");
    assertThat(failed.details()).contains(">       assert 1 == 2", "test_outcomes.py:15");
    AttemptReport both = batch.report("tests/test_outcomes.py::test_failure_and_teardown_error");
    assertThat(both.details()).contains("first", "cannot clean up");
    assertThat(batch.report("tests/test_outcomes.py::test_skipped").details())
        .isEqualTo("tests/test_outcomes.py:18: not today");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-9"})
  void runsExactlyTheRequestedTestsInTheRequestedOrder(String version)
      throws IOException, InterruptedException {
    Path project = Projects.copy("behaviours", temporary.resolve("project"));
    Pytest pytest = new Pytest(version, project, temporary).warm(orderSize);
    List<String> wanted =
        List.of(
            "tests/test_unit.py::Made::test_plain",
            "tests/test_ids.py::test_equal_ids[a-b-c] #2",
            "tests/test_outcomes.py::test_passes",
            "tests/test_ids.py::test_text[hello world]");
    List<TestCase> all = pytest.found().tests();
    List<TestCase> tests =
        wanted.stream()
            .flatMap(id -> all.stream().filter(test -> test.id().value().equals(id)))
            .toList();

    Pytest.Batch batch = pytest.run(tests);

    assertThat(batch.started()).isEqualTo(wanted);
    assertThat(batch.reports().values()).allMatch(report -> !report.outcome().isFailure());
  }
}
