package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.testkit.TestTools;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples as their README says, and the verdicts of the plain tools beside those of Offload.
class FrameworkExamplesIT {
  private static final Pattern DECIDED =
      Pattern.compile("\"event\":\"test_decided\".*?\"verdict\":\"(\\w+)\"");

  @TempDir private Path folder;

  /// Copy an example as it is in the repository, with tools that are installed already.
  private OffloadCommand example(String name, Map<String, Path> links) throws IOException {
    Path source = OffloadCommand.sourceRoot().resolve("examples/" + name);
    Path target = folder.resolve("examples/" + name);
    List<String> made = List.of("node_modules", ".venv", "target", "test-results", "Cargo.lock");
    try (Stream<Path> all = Files.walk(source)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path relative = source.relativize(file);
        if (made.stream().noneMatch(part -> relative.startsWith(part))) {
          Path copy = target.resolve(relative.toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
          boolean _ = copy.toFile().setExecutable(Files.isExecutable(file));
        }
      }
    }
    for (Map.Entry<String, Path> link : links.entrySet()) {
      Files.createSymbolicLink(target.resolve(link.getKey()), link.getValue());
    }
    String path =
        String.join(
            File.pathSeparator,
            TestTools.require("nextest-0.9.148/bin").toString(),
            TestTools.require("go/bin").toString(),
            System.getenv("PATH"));
    return OffloadCommand.in(folder).with("PATH", path).within(Duration.ofMinutes(5));
  }

  private Result run(OffloadCommand command, String name) {
    Result result = command.run("run", "-c", "examples/" + name + "/offload.toml");
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    return result;
  }

  private Map<String, Integer> verdicts(String name) throws IOException {
    Map<String, Integer> verdicts = new TreeMap<>();
    Path events = folder.resolve("examples/" + name + "/test-results/events.jsonl");
    for (String line : Files.readAllLines(events)) {
      Matcher matcher = DECIDED.matcher(line);
      if (matcher.find()) {
        verdicts.merge(matcher.group(1), 1, Integer::sum);
      }
    }
    return verdicts;
  }

  @Test
  void vitest_and_offload_agree() throws Exception {
    OffloadCommand command =
        example("vitest", Map.of("node_modules", TestTools.require("vitest-4/node_modules")));

    Result result = run(command, "vitest");
    Result plain =
        OffloadCommand.in(folder.resolve("examples/vitest"))
            .with("NO_COLOR", "1")
            .runProgram("node_modules/.bin/vitest", "run", "--no-color");

    assertThat(verdicts("vitest"))
        .containsExactly(Map.entry("failed", 1), Map.entry("passed", 9), Map.entry("skipped", 2));
    assertThat(plain.stdout()).contains("1 failed | 9 passed | 1 skipped | 1 todo");
    assertThat(result.stderr()).contains("FAILED tests/words.test.js > has a title for nothing");
  }

  @Test
  void nextest_and_offload_agree_and_nothing_is_compiled_twice() throws Exception {
    OffloadCommand command = example("nextest", Map.of());

    Result result = run(command, "nextest");
    Result plain =
        OffloadCommand.in(folder.resolve("examples/nextest"))
            .with("PATH", TestTools.require("nextest-0.9.148/bin") + ":" + System.getenv("PATH"))
            .within(Duration.ofMinutes(5))
            .runProgram("cargo", "nextest", "run", "--no-fail-fast");

    assertThat(verdicts("nextest")).containsExactly(Map.entry("failed", 1), Map.entry("passed", 6));
    assertThat(plain.stderr()).contains("6 passed, 1 failed").doesNotContain("Compiling");
    assertThat(result.stderr()).contains("FAILED roman tests::fails");
    try (Stream<Path> logs = Files.walk(folder.resolve("examples/nextest/test-results/logs"))) {
      for (Path log : logs.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(log)).doesNotContain("Compiling");
      }
    }
  }

  @Test
  void go_and_offload_agree() throws Exception {
    run(example("go", Map.of()), "go");
    Result plain =
        OffloadCommand.in(folder.resolve("examples/go"))
            .within(Duration.ofMinutes(5))
            .runProgram(
                TestTools.require("go/bin/go").toString(), "test", "-count=1", "-v", "./...");

    assertThat(verdicts("go"))
        .containsExactly(Map.entry("failed", 1), Map.entry("passed", 5), Map.entry("skipped", 1));
    List<String> ends =
        plain
            .stdout()
            .lines()
            .filter(line -> line.startsWith("--- "))
            .map(line -> line.substring(4, 8))
            .sorted()
            .toList();
    assertThat(ends).containsExactly("FAIL", "PASS", "PASS", "PASS", "PASS", "PASS", "SKIP");
  }

  @Test
  void maven_and_offload_agree() throws Exception {
    TestTools.require("junit/ready");
    Result result = run(example("junit", Map.of()), "junit");
    Result plain =
        OffloadCommand.in(folder.resolve("examples/junit"))
            .within(Duration.ofMinutes(5))
            .runProgram("mvn", "-B", "-Dstyle.color=never", "-fae", "test");

    // Parameters and dynamic tests count one by one in Maven: two more here, and four there.
    assertThat(verdicts("junit"))
        .containsExactly(Map.entry("failed", 1), Map.entry("passed", 6), Map.entry("skipped", 1));
    assertThat(plain.stdout())
        .contains("Tests run: 7, Failures: 0, Errors: 0, Skipped: 1")
        .contains("Tests run: 7, Failures: 1, Errors: 0, Skipped: 0");
    assertThat(result.stderr()).contains("FAILED shop.CheckoutTest#givesDiscount");
  }

  @Test
  void four_frameworks_share_one_run() throws Exception {
    OffloadCommand command =
        example(
            "mixed",
            Map.of(
                "node_modules",
                TestTools.require("vitest-4/node_modules"),
                ".venv",
                TestTools.require("pytest-9")));

    Result result = run(command, "mixed");

    assertThat(verdicts("mixed"))
        .containsExactly(Map.entry("failed", 1), Map.entry("passed", 9), Map.entry("skipped", 1));
    assertThat(result.stderr()).contains("FAILED example.com/offload/mixed/price TestDebts");
    String junit = Files.readString(folder.resolve("examples/mixed/test-results/junit.xml"));
    assertThat(junit)
        .contains("name=\"test_total[50-30]\"")
        .contains("name=\"cart &gt; adds &gt; counts\"")
        .contains("name=\"scripts/sorts.sh\"");
  }

  @Test
  void shell_tests_are_heard_in_three_ways() throws Exception {
    run(example("shell", Map.of()), "shell");

    assertThat(verdicts("shell"))
        .containsEntry("failed", 1)
        .containsEntry("flaky", 1)
        .containsEntry("skipped", 2);
  }
}
