package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitAndValidateIT {
  @TempDir private Path project;

  @ParameterizedTest
  @CsvSource({
    "local,pytest",
    "local,default",
    "default,pytest",
    "default,default",
    "local,nextest",
    "local,vitest"
  })
  void whatInitWritesIsValidWithoutAnyWarning(String provider, String framework) {
    Result init = OffloadCommand.in(project).run("init", "-p", provider, "-f", framework);
    Result validate = OffloadCommand.in(project).run("validate", "--strict");

    assertThat(init.exitCode()).as(init.stderr()).isZero();
    assertThat(init.stderr()).contains("Wrote offload.toml", "offload run");
    assertThat(validate.exitCode()).as(validate.stderr()).isZero();
    assertThat(validate.stderr()).isEmpty();
    assertThat(validate.stdout())
        .contains(
            "valid", "provider: " + provider, "framework: " + framework, "all: retry_count = 1");
  }

  @ParameterizedTest
  @CsvSource({"local,default", "default,default"})
  void whatInitWritesRunsAsItIs(String provider, String framework) throws IOException {
    OffloadCommand.in(project).run("init", "-p", provider, "-f", framework);
    Files.createDirectory(project.resolve("tests"));
    Files.writeString(project.resolve("tests/good.sh"), "exit 0");
    Files.writeString(project.resolve("tests/bad one.sh"), "exit 3");

    Result result = OffloadCommand.in(project).run("run");

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stderr()).contains("FAILED tests/bad one.sh", "2 tests: 1 passed, 1 failed");
  }

  @Test
  void initNeverTouchesAFileThatIsThere() throws IOException {
    Files.writeString(project.resolve("offload.toml"), "mine");

    Result result = OffloadCommand.in(project).run("init");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stderr()).contains("offload.toml exists already and was not touched");
    assertThat(Files.readString(project.resolve("offload.toml"))).isEqualTo("mine");
  }

  @Test
  void validateShowsEveryMistakeWithItsPlace() throws IOException {
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        max_parallel = "many"
        stream_output = true
        sandbox_project_root = "."

        [provider]
        type = "locl"

        [framework]
        type = "pytest"

        [groups.all]
        retry_count = -1
        """);

    Result result = OffloadCommand.in(project).run("validate");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .contains("error: offload.toml:2:", "error: offload.toml:7:", "error: offload.toml:13:");
  }

  @Test
  void anUnknownKeyIsAWarningUnlessStrict() throws IOException {
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        sandbox_project_root = "."
        stream_output = true
        [provider]
        type = "local"
        [framework]
        type = "pytest"
        [groups.all]
        """);

    Result lenient = OffloadCommand.in(project).run("validate");
    Result strict = OffloadCommand.in(project).run("validate", "--strict");

    assertThat(lenient.exitCode()).isZero();
    assertThat(lenient.stderr()).contains("warning: offload.toml:3:1: ");
    assertThat(strict.exitCode()).isEqualTo(78);
    assertThat(strict.stderr()).contains("offload.toml:3:1: ");
  }

  @ParameterizedTest
  @CsvSource({"missing.toml", "folder", "broken.toml"})
  void aFileThatCannotBeReadIsOneClearMessage(String name) throws IOException {
    Files.createDirectory(project.resolve("folder"));
    Files.writeString(project.resolve("broken.toml"), "[offload\nmax_parallel = = 3\n");

    Result result = OffloadCommand.in(project).run("validate", "-c", name);

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.stderr()).contains("error: " + name).doesNotContain("Exception");
  }
}
