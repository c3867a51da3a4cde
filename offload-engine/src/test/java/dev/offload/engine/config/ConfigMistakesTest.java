package dev.offload.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigMistakesTest {
  private static final Path RESOURCES = Path.of("src/test/resources/config");

  @TempDir private Path project;

  @Test
  void allMistakesOfAFileAreReportedAtOnceInFileOrder() throws Exception {
    String text = Files.readString(RESOURCES.resolve("mistakes.toml"));
    assertThat(ConfigFile.in(project).problems(text))
        .isEqualTo(Files.readString(RESOURCES.resolve("mistakes.expected.txt")));
  }

  @Test
  void anEmptyFileLacksEveryTable() {
    assertThat(ConfigFile.in(project).problems(""))
        .isEqualTo(
            """
            offload.toml: [offload] is missing: it is a table and needs `sandbox_project_root` at least
            offload.toml: [provider] is missing: it is a table that says where tests run
            offload.toml: [framework] is missing: it is a table that says what the tests are written in
            offload.toml: [groups] is missing: give at least one group of tests, such as [groups.all]
            """);
  }

  @Test
  void aTableThatIsThereButEmptyLacksItsKeys() {
    assertThat(ConfigFile.in(project).problems("[offload]\n[provider]\n[framework]\n[groups]\n"))
        .isEqualTo(
            """
            offload.toml:1:1: `sandbox_project_root` in [offload] is missing: say where the project is in a sandbox (or give `sandbox_repo_root`)
            offload.toml:2:1: `type` in [provider] is missing; it is one of default, local, modal
            offload.toml:3:1: `type` in [framework] is missing; it is one of default, nextest, pytest, vitest
            offload.toml:4:1: [groups] is missing: give at least one group of tests, such as [groups.all]
            """);
  }

  @Test
  void mistakesOfSyntaxAreAllReportedAndNothingElse() {
    String text = "[offload\nmax_parallel = 0\nx = \"open\ny = C:\\x\nx = 1\n[groups]\n[groups]\n";
    assertThat(ConfigFile.in(project).problems(text))
        .isEqualTo(
            """
            offload.toml:1:9: not valid TOML: Unexpected end of line, expected ]
            offload.toml:3:10: not valid TOML: Unexpected end of line, expected " or a character
            offload.toml:4:5: not valid TOML: Unexpected 'C', expected a value
            offload.toml:7:1: not valid TOML: groups previously defined at line 6, column 1
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          offload   | max_parallel = 4294967296           | must be at most 2147483647, but is 4294967296
          offload   | max_parallel = "4"                  | must be a whole number, but is a string; remove the quotes
          offload   | max_parallel = 1.0                  | must be a whole number, but is a number with a fraction
          offload   | test_timeout_secs = -1              | must be greater than 0, but is -1
          offload   | test_timeout_secs = nan             | must be a finite number
          offload   | setup_command = ["npm", "ci"]       | must be a string, but is a list
          offload   | sandbox_init_cmd = 1                | must be a string, but is a whole number; put it in quotes
          offload   | impatiently_requeue_batches = "true"| must be true or false, but is a string; remove the quotes
          offload   | max_parallel_collection = -1        | must be at least 0, but is -1
          provider  | env = "A=B"                         | must be a table, but is a string
          provider  | retry = 3                           | must be a table, but is a whole number
          provider  | lost_secs = 1                       | must be greater than `suspect_secs`
          provider  | suspect_secs = 1                    | must be greater than `heartbeat_secs`
          framework | env = 2020-01-01                    | must be a table, but is a date or time
          framework | warm = "no"                         | must be true or false, but is a string
          framework | recycle_after_tests = -1            | must be at least 0, but is -1
          framework | recycle_above_mb = 0.5              | must be a whole number, but is a number with a fraction
          groups.all| timeout_secs = 0                    | must be greater than 0, but is 0
          groups.all| max_parallel = -1                   | must be at least 0, but is -1
          groups.all| serial = 1                          | must be true or false, but is a whole number
          groups.all| fresh_sandbox = "yes"               | must be true or false, but is a string
          groups.all| framework = "web"                   | names none of default
          groups.all| filters = ["-m", "x"]               | must be a string, but is a list
          """)
  void aWrongValueIsAnErrorWithItsPosition(String table, String line, String message) {
    String text =
        ConfigFile.MINIMAL.replace("[" + table + "]\n", "[" + table + "]\n" + line + "\n");
    int number = text.lines().toList().indexOf(line) + 1;
    String key = line.substring(0, line.indexOf(' '));
    assertThat(ConfigFile.in(project).problems(text))
        .isEqualTo("offload.toml:%d:1: `%s` in [%s] %s\n".formatted(number, key, table, message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                    | `build_inputs` in [checkpoint] is empty: list the files an image is built from
          ["a/b", "./a/./b"]    | `build_inputs` in [checkpoint] names "./a/./b" twice
          [1]                   | `build_inputs` in [checkpoint] must be a list of strings, but holds a whole number
          """)
  void checkpointsNeedDistinctInputs(String inputs, String message) {
    String text =
        ConfigFile.MINIMAL.replace("\"local\"", "\"modal\"")
            + "[checkpoint]\nbuild_inputs = "
            + inputs
            + "\n";
    assertThat(ConfigFile.in(project).problems(text)).contains(message).hasLineCount(1);
  }

  @Test
  void checkpointsDoNotGoWithTheLocalProvider() {
    String text = ConfigFile.MINIMAL + "[checkpoint]\nbuild_inputs = [\"uv.lock\"]\n";
    assertThat(ConfigFile.in(project).problems(text))
        .isEqualTo(
            "offload.toml:8:1: [checkpoint] does not go with the local provider, which has no"
                + " images; remove it\n");
  }

  @Test
  void checkpointsNeedInputs() {
    String text = ConfigFile.MINIMAL.replace("\"local\"", "\"modal\"") + "[checkpoint]\n";
    assertThat(ConfigFile.in(project).problems(text))
        .isEqualTo(
            "offload.toml:8:1: `build_inputs` in [checkpoint] is missing: list the files an image"
                + " is built from\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -3})
  void theCommandLineCannotAskForNoSandbox(int parallel) {
    ConfigOverrides overrides = new ConfigOverrides(OptionalInt.of(parallel), Map.of(), List.of());
    assertThat(ConfigFile.in(project).withOverrides(overrides).problems(ConfigFile.MINIMAL))
        .isEqualTo("offload.toml: --parallel must be at least 1, but is " + parallel + "\n");
  }

  @Test
  void severalFrameworksWithoutADefaultMustBeChosenFrom() {
    String text =
        ConfigFile.MINIMAL.replace("[framework]", "[frameworks.py]")
            + "[frameworks.js]\ntype = \"vitest\"\n[groups.web]\nframework = \"js\"\n";
    assertThat(ConfigFile.in(project).problems(text))
        .isEqualTo(
            "offload.toml:7:1: `framework` in [groups.all] is missing: it is one of py, js\n");
  }

  @Test
  void aFrameworkThatNoGroupUsesIsAWarning() {
    String text = ConfigFile.MINIMAL + "[frameworks.js]\ntype = \"vitest\"\n";
    assertThat(ConfigFile.in(project).problems(text))
        .isEqualTo("offload.toml:8:1: [frameworks.js] is not used by any group\n");
  }

  @Test
  void aWorkingDirectoryThatIsNotThereIsAWarning() {
    String text = ConfigFile.MINIMAL.replace("[provider]", "working_dir = \"nowhere\"\n[provider]");
    assertThat(ConfigFile.in(project).problems(text))
        .isEqualTo(
            "offload.toml:3:1: `working_dir` in [offload] names no directory: "
                + project.resolve("nowhere")
                + "\n");
  }

  @Test
  void secretsAreNotRepeatedInMessages() {
    String text =
        ConfigFile.MINIMAL + "[provider.env]\nTOKEN = \"hunter2${\"\nOTHER = [\"hunter2\"]\n";
    assertThat(ConfigFile.in(project).problems(text)).doesNotContain("hunter2").hasLineCount(2);
  }

  @Test
  void thousandsOfProblemsAreCutShort() {
    StringBuilder text = new StringBuilder(ConfigFile.MINIMAL);
    for (int i = 0; i < 3_000; i++) {
      text.append("k%dk = 1\n".formatted(i));
    }
    assertThat(ConfigFile.in(project).problems(text.toString()))
        .hasLineCount(51)
        .startsWith("offload.toml:8:1: `k0k` in [groups.all] is not a key")
        .endsWith("offload.toml: and 2950 more warnings\n");
  }
}
