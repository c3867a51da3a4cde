package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineOutputIT {
  @TempDir private Path project;

  @BeforeEach
  void makeTheProject() throws IOException {
    Fixture.copy("small", project);
    Files.writeString(
        project.resolve("tests/test_bad.py"),
        """
        def test_bad():
            print("out \\x1b[2Jof it")
            assert 1 == 2
        """);
  }

  private Result offload(String... arguments) {
    return Fixture.withPytest(project).run(arguments);
  }

  @Test
  void eventsAreStreamedAsTheyAreKept() throws IOException {
    Result result = offload("run", "--events", "-");

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    List<String> kept = Files.readAllLines(project.resolve("test-results/events.jsonl"));
    assertThat(result.outLines()).isEqualTo(kept);
    assertThat(offload("run", "--events", "-", "--agent").exitCode()).isEqualTo(64);
    assertThat(offload("run", "--events", "no/such/folder").exitCode()).isEqualTo(74);
  }

  @Test
  void agentsReadOneBlockForEachFailureAndNothingElse() {
    Result result = offload("run", "--agent");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stderr()).isEmpty();
    assertThat(result.stdout())
        .startsWith(
            """
            FAILED tests/test_bad.py::test_bad
            cause: assert 1 == 2
            place: tests/test_bad.py:3
            """)
        .contains(
            "\nevidence:\n  def test_bad():\n",
            "\n  out \\x1b[2Jof it\n",
            "\nrepeat: offload run tests/test_bad.py::test_bad\n")
        .endsWith(" (exit 1)\n");
    assertThat(result.outLines().getLast()).startsWith("Offload: 7 tests: 5 passed, 1 failed,");
  }

  @Test
  void logsShowOutputAndAttemptsAndNeverAnEscapeSequence() {
    offload("run");

    Result text =
        offload("logs", "--output", "--attempts", "--test", "tests/test_bad.py::test_bad");
    assertThat(text.stdout())
        .startsWith("=== tests/test_bad.py::test_bad [FAILED] ===\n--- attempt 1: failed in sb-")
        .contains("assert 1 == 2", "--- stdout ---\nout \\x1b[2Jof it\n")
        .doesNotContain("\u001b");
    assertThat(offload("logs", "--failures").stdout()).doesNotContain("\u001b");

    Result json = offload("logs", "--json", "--failures");
    assertThat(json.outLines()).hasSize(3);
    assertThat(json.outLines().get(1))
        .startsWith("{\"id\":\"tests/test_bad.py::test_bad\",\"group\":")
        .contains("\"verdict\":\"failed\"", "\"stdout\":\"out \\u001b[2Jof it\\n\"");
  }
}
