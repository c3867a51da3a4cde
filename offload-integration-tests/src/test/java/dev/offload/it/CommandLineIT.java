package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineIT {
  @TempDir private Path project;

  @Test
  void printsItsVersionOnStandardOutput() {
    Result result = OffloadCommand.in(project).run("--version");

    assertThat(result.stdout()).matches("offload \\d+\\.\\d+\\.\\d+\\S*\\R");
    assertThat(result.stderr()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "collect", "validate", "init", "logs", "report", "completion"})
  void explainsEveryCommandWithExamples(String command) {
    Result result = OffloadCommand.in(project).run(command, "--help");

    assertThat(result.stdout())
        .contains("Usage: offload " + command, "Examples:", "offload " + command);
    assertThat(result.stderr()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void answersAnUnknownOptionWithTheNearestOne() {
    Result result = OffloadCommand.in(project).run("init", "--providr", "local");

    assertThat(result.stdout()).isEmpty();
    assertThat(result.errLines())
        .containsExactly(
            "offload: unknown option '--providr'; did you mean '--provider'?",
            "Try 'offload init --help'.");
    assertThat(result.exitCode()).isEqualTo(64);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rum",
        "run --parallel",
        "run --parallel zero",
        "run --parallel 0",
        "run --copy-dir here",
        "collect --format",
        "init --provider moon",
        "logs --test-regex ("
      })
  void endsWith64WhenTheCommandLineIsWrong(String line) {
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");

    Result result = OffloadCommand.in(project).run(arguments);

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(64);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr()).startsWith("offload: ").doesNotContain("Exception");
  }

  @Test
  void takesGlobalOptionsBeforeAndAfterTheCommand() throws IOException {
    OffloadCommand.in(project).run("init", "-c", "ci.toml");

    assertThat(OffloadCommand.in(project).run("-c", "ci.toml", "validate").exitCode()).isZero();
    assertThat(OffloadCommand.in(project).run("validate", "--config=ci.toml").exitCode()).isZero();
    assertThat(Files.exists(project.resolve("offload.toml"))).isFalse();
  }

  @Test
  void worksFromAFolderWithBlanksThroughASymbolicLink() throws IOException {
    Path folder = Files.createDirectories(project.resolve("a folder"));
    Path link = folder.resolve("my offload");
    Files.createSymbolicLink(link, OffloadCommand.home().resolve("bin/offload"));

    Result result = OffloadCommand.in(folder).runProgram(link.toString(), "--version");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stdout()).startsWith("offload ");
  }

  @Test
  void doesNotMindAReaderThatGoesAway() {
    Result result =
        OffloadCommand.in(project)
            .runProgram(
                "sh", "-c", "{ offload completion bash; echo \"exit $?\" >&2; } | head -n 1");

    assertThat(result.stderr()).isEqualToIgnoringNewLines("exit 0");
  }

  @Test
  void saysSoWhenStandardOutputIsFull() {
    Result result =
        OffloadCommand.in(project).runProgram("sh", "-c", "offload --version >/dev/full");

    assertThat(result.stderr()).contains("standard output could not be written");
    assertThat(result.exitCode()).isEqualTo(74);
  }
}
