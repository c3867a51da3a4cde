package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `offload plan` on a suite of which durations are remembered.
class PlanIT {
  @TempDir private Path folder;
  private Path project;

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        sandbox_project_root = "."
        max_parallel = 2
        [provider]
        type = "local"
        [framework]
        type = "pytest"
        [groups.all]
        """);
    StringBuilder tests = new StringBuilder();
    StringBuilder report = new StringBuilder("<testsuite>");
    int seconds = 40;
    for (String name : new String[] {"test_a", "test_b", "test_c", "test_d"}) {
      tests.append("def %s(): assert False, 'a plan runs nothing'\n".formatted(name));
      report.append("<testcase classname='test_it' name='%s' time='%d'/>".formatted(name, seconds));
      seconds = 20;
    }
    Files.writeString(project.resolve("test_it.py"), tests);
    Files.writeString(project.resolve("old.xml"), report.append("</testsuite>"));
    assertThat(offload("history", "import-junit", "old.xml").exitCode()).isZero();
  }

  private Result offload(String... arguments) {
    return Fixture.withPytest(project)
        .with("OFFLOAD_CACHE_DIR", folder.resolve("cache").toString())
        .run(arguments);
  }

  @Test
  void saysHowLongARunTakesAndWhatIsEnough() {
    Result two = offload("plan");
    assertThat(two.exitCode()).as(two.stderr()).isZero();
    assertThat(two.stdout())
        .contains("all of them take:      1 m 40.0 s")
        .contains("the longest takes:     40.00 s: test_it.py::test_a")
        .contains("enough sandboxes:      3");

    assertThat(offload("plan", "--sandboxes", "3", "--format", "json").stdout())
        .isEqualTo(
            """
            {"tests":4,"unknown_tests":0,"total_secs":100.000000,\
            "longest":{"id":"test_it.py::test_a","secs":40.000000},"sandboxes":3,\
            "wall_secs":41.000000,"lower_bound_secs":40.500000,"enough_sandboxes":3,\
            "costs":{"start_up_secs":0.000000,"batch_secs":0.500000}}
            """);
  }

  @Test
  void saysHowManySandboxesATimeNeeds() {
    Result within = offload("plan", "--within", "65s");
    assertThat(within.stdout()).as(within.stderr()).isEqualTo("2\n");
    assertThat(within.exitCode()).isZero();

    Result never = offload("plan", "--within", "39s", "--format", "json");
    assertThat(never.exitCode()).isEqualTo(1);
    assertThat(never.stdout()).contains("\"within_secs\":39.000000,\"needed_sandboxes\":null");
    assertThat(never.stderr()).contains("test_it.py::test_a");
  }
}
