package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectIT {
  @TempDir private Path project;

  @BeforeEach
  void copyAProject() {
    Fixture.copy("small", project);
  }

  private Result collect(String... arguments) {
    return Fixture.withPytest(project).run(arguments);
  }

  @Test
  void listsTestsGroupByGroupOnStandardOutput() {
    Result result = collect("collect");

    assertThat(result.stdout())
        .isEqualTo(
            """
            Discovered 6 tests across 2 groups:

            Group 'quick':
              tests/test_small.py::test_passes
              tests/test_small.py::TestGroup::test_in_class
              tests/test_small.py::test_skipped

            Group 'odd':
              tests/test_small.py::test_odd[two words]
              tests/test_small.py::test_odd[a::b]
              tests/test_small.py::test_odd[quo"te]
            """);
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void writesJsonAloneOnStandardOutput() {
    Result result = collect("collect", "--format", "json", "-k", "quo", "-k", "passes");

    assertThat(result.stdout())
        .isEqualTo(
            """
            [
              {
                "id": "tests/test_small.py::test_passes",
                "name": "test_passes",
                "file": "tests/test_small.py",
                "retry_count": 1,
                "group": "quick",
                "schedule_individual": false
              },
              {
                "id": "tests/test_small.py::test_odd[quo\\"te]",
                "name": "test_odd[quo\\"te]",
                "file": "tests/test_small.py",
                "retry_count": 0,
                "group": "odd",
                "schedule_individual": true
              }
            ]
            """);
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void collectOnlyListsWithoutRunning() {
    Result result = collect("run", "--collect-only", "-k", "odd");

    assertThat(result.outLines())
        .containsExactly(
            "",
            "Group 'odd':",
            "  tests/test_small.py::test_odd[two words]",
            "  tests/test_small.py::test_odd[a::b]",
            "  tests/test_small.py::test_odd[quo\"te]");
    assertThat(result.stderr()).contains("found 3 tests across 1 group");
    assertThat(project.resolve("test-results")).doesNotExist();
  }

  @Test
  void writesAnEmptyListWhenNothingIsSelected() {
    Result result = collect("collect", "-f", "json", "-k", "nothing");

    assertThat(result.stdout()).isEqualTo("[]\n");
    assertThat(result.exitCode()).isEqualTo(4);
  }

  @Test
  void showsWhatCannotBeCollected() throws IOException {
    Files.writeString(project.resolve("tests/test_broken.py"), "import nothing_like_this\n");

    Result result = collect("collect");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stdout()).contains("Discovered 6 tests").doesNotContain("test_broken");
    assertThat(result.stderr())
        .contains("error: tests/test_broken.py could not be collected", "nothing_like_this");
  }

  @Test
  void saysThatTheFrameworkIsMissing() throws IOException {
    Path file = project.resolve("offload.toml");
    Files.writeString(file, Files.readString(file).replace("python -m", "no-such-python -m"));

    Result result = collect("collect");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr()).contains("no-such-python").doesNotContain("Exception");
  }
}
