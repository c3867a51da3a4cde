package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsIT {
  @TempDir private Path project;

  @BeforeEach
  void copyAProjectWithAReport() {
    Fixture.copy("logs", project);
  }

  private Result logs(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "logs";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return OffloadCommand.in(project).run(all);
  }

  @Test
  void showsEveryTestSortedByName() throws IOException {
    Result result = logs();

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stdout()).isEqualTo(Files.readString(project.resolve("expected-all.txt")));
  }

  @Test
  void failuresAndErrorsTogetherShowBoth() {
    assertThat(logs("--failures").outLines().stream().filter(line -> line.startsWith("===")))
        .containsExactly(
            "=== tests/test_a.py::TestB::test_fails[x] [FAILED] ===",
            "=== tests/test_a.py::test_flaky [FLAKY] ===");
    assertThat(
            logs("--failures", "--errors").outLines().stream()
                .filter(line -> line.startsWith("===")))
        .hasSize(3);
  }

  @Test
  void idsAndPatternsNarrowDown() {
    assertThat(logs("--test-regex", "fail|skip", "--failures").outLines().getFirst())
        .isEqualTo("=== tests/test_a.py::TestB::test_fails[x] [FAILED] ===");
    assertThat(logs("--test", "tests/test_a.py::test_skipped").outLines())
        .containsExactly("=== tests/test_a.py::test_skipped [SKIPPED] ===", "no database here", "");
  }

  @Test
  void sayWhenNothingMatches() {
    Result result = logs("--test", "nobody");

    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr()).contains("No test of");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void sayWhenThereIsNoReportYet() throws IOException {
    Files.delete(project.resolve("test-results/junit.xml"));

    Result result = logs();

    assertThat(result.stderr()).contains("there is no ", "junit.xml yet");
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void sayWhenTheReportIsDamaged() throws IOException {
    Files.writeString(project.resolve("test-results/junit.xml"), "<testsuites><testcase name=");

    Result result = logs();

    assertThat(result.stderr()).contains("cannot be read: not well-formed XML at line 1");
    assertThat(result.exitCode()).isEqualTo(1);
  }
}
