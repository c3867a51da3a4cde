package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nine tests that are files: a test passes when its file holds `true`.
class SelectionIT {
  @TempDir private Path project;

  @BeforeEach
  void makeTheProject() throws IOException {
    config("");
    for (int i = 1; i <= 9; i++) {
      test("t" + i, "true");
    }
  }

  private void config(String more) throws IOException {
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        max_parallel = 2
        sandbox_project_root = "."
        [provider]
        type = "local"
        [framework]
        type = "default"
        discover_command = "ls *.t {filters}"
        run_command = "for t in {tests}; do sh ./$t || exit 1; done"
        test_id_format = "{name}"
        [groups.all]
        """
            + more);
  }

  private void test(String name, String command) throws IOException {
    Files.writeString(project.resolve(name + ".t"), "echo $0 >>ran\n" + command + "\n");
  }

  private Result offload(String... arguments) {
    return OffloadCommand.in(project).run(arguments);
  }

  /// Run, and return the tests that ran.
  private List<String> run(int exitCode, String... arguments) throws IOException {
    Files.deleteIfExists(project.resolve("ran"));
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(List.of(arguments));
    Result result = offload(words.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(exitCode);
    Path ran = project.resolve("ran");
    return Files.exists(ran)
        ? Files.readAllLines(ran).stream().distinct().sorted().toList()
        : List.of();
  }

  private String summary(String folder) throws IOException {
    return Files.readString(project.resolve(folder).resolve("summary.json"));
  }

  @Test
  void failedRunsWhatFailedUntilNothingIsLeft() throws IOException {
    assertThat(offload("run", "--failed").exitCode()).isEqualTo(78);
    test("t2", "false");
    test("t7", "false");
    run(1);

    test("t2", "true");
    assertThat(run(1, "--failed")).containsExactly("./t2.t", "./t7.t");
    Files.delete(project.resolve("t7.t"));
    Result gone = offload("run", "--failed");
    assertThat(gone.stderr()).contains("they do not exist any more: t7.t");
    assertThat(gone.exitCode()).isEqualTo(4);
  }

  @Test
  void failedWithNothingToDoRunsNothing() throws IOException {
    run(0);

    assertThat(run(0, "--failed")).isEmpty();
    assertThat(offload("run", "--failed", "--resume").exitCode()).isEqualTo(64);
  }

  @Test
  void aFileNamesTheTests() throws IOException {
    Files.writeString(project.resolve("list"), "# some\n t3.t\n\nt4.t\n");
    assertThat(run(0, "--from-file", "list", "t5.t")).containsExactly("./t3.t", "./t4.t", "./t5.t");

    Result listed = offload("collect", "-f", "json", "-k", "t6");
    Result piped =
        OffloadCommand.in(project).reading(listed.stdout()).run("collect", "--from-file", "-");
    assertThat(piped.stdout()).contains("  t6.t").doesNotContain("t5.t");

    Files.writeString(project.resolve("list"), "# none\n");
    assertThat(offload("run", "--from-file", "list").exitCode()).isEqualTo(64);
    assertThat(offload("run", "--from-file", "missing").exitCode()).isEqualTo(64);
    Files.writeString(project.resolve("list"), "t3.t\nt33.t\n");
    assertThat(offload("run", "--from-file", "list").exitCode()).isEqualTo(64);
  }

  @Test
  void shardsAreMergedAndAMissingOneIsNeverGreen() throws IOException {
    List<String> ran = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      config("[report]\noutput_dir = \"shard-" + i + "\"\n");
      ran.addAll(run(0, "--shard", i + "/3"));
    }
    assertThat(ran).hasSize(9).doesNotHaveDuplicates();

    Result whole = offload("merge", "shard-1", "shard-2", "shard-3", "--output", "merged");
    assertThat(whole.exitCode()).as(whole.stderr()).isZero();
    assertThat(summary("merged")).contains("\"total\":9,\"passed\":9", "\"exit_code\":0");
    assertThat(project.resolve("merged/junit.xml")).content().contains("tests=\"9\"");

    Result missing = offload("merge", "shard-1", "shard-3", "nowhere", "--output", "merged");
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.stderr()).contains("shard 2 of 3 is missing, and with it 3 of 9 tests");
    assertThat(summary("merged")).contains("\"exit_code\":3");

    assertThat(offload("merge", "shard-1", "shard-1", "--output", "merged").exitCode())
        .isEqualTo(78);
    assertThat(offload("merge", "shard-1", "--output", "shard-1").exitCode()).isEqualTo(64);
    Files.createSymbolicLink(project.resolve("same"), project.resolve("shard-1"));
    assertThat(offload("merge", "shard-1", "--output", "same").exitCode()).isEqualTo(64);
    test("t10", "true");
    config("[report]\noutput_dir = \"shard-2\"\n");
    run(0, "--shard", "2/3");
    Result mixed = offload("merge", "shard-1", "shard-2", "shard-3", "--output", "merged");
    assertThat(mixed.exitCode()).isEqualTo(78);
    assertThat(mixed.stderr()).contains("not cut from the same suite");
  }

  @Test
  void aFailureInOneShardIsAFailureOfTheWhole() throws IOException {
    test("t9", "false");
    config("[report]\noutput_dir = \"shard-1\"\n");
    run(0, "--shard", "1/2");
    config("[report]\noutput_dir = \"shard-2\"\n");
    run(1, "--shard", "2/2");
    config("");

    assertThat(offload("merge", "shard-1", "shard-2").exitCode()).isEqualTo(1);
    assertThat(run(1, "--failed")).containsExactly("./t9.t");
  }

  @Test
  void logsAndArtifactsOfAllShardsAreInTheWholeAndNothingElse() throws IOException {
    List<String> logs = new ArrayList<>();
    List<String> made = new ArrayList<>();
    for (int i = 1; i <= 9; i++) {
      test("t" + i, "echo out of t" + i + "; echo it >t" + i + ".made");
    }
    for (int i = 1; i <= 2; i++) {
      Path shard = project.resolve("shard-" + i);
      config("[report]\noutput_dir = \"shard-" + i + "\"\ndownload_globs = [\"*.made\"]\n");
      run(0, "--shard", i + "/2");
      logs.addAll(texts(shard.resolve("logs")));
      made.addAll(texts(shard.resolve("artifacts")));
      Files.writeString(shard.resolve("logs/batch-999.stdout.success"), "of no batch");
      Path batch = shard.resolve("artifacts/sb-1/batch-1");
      Files.createSymbolicLink(Files.createDirectories(batch).resolve("link"), project);
    }

    Result merged = offload("merge", "shard-1", "shard-2", "--output", "merged");

    assertThat(merged.exitCode()).as(merged.stderr()).isZero();
    assertThat(merged.stderr()).contains(" logs/, artifacts/");
    assertThat(logs).isNotEmpty();
    assertThat(texts(project.resolve("merged/logs"))).containsExactlyInAnyOrderElementsOf(logs);
    assertThat(made.size()).isGreaterThanOrEqualTo(9);
    assertThat(texts(project.resolve("merged/artifacts")))
        .containsExactlyInAnyOrderElementsOf(made);
    assertThat(project.resolve("merged/artifacts/sb-1/batch-1/link")).doesNotExist();
    theLinksOfTheReportLeadSomewhere(project.resolve("merged"));
  }

  /// Return the texts of all files below a folder.
  private static List<String> texts(Path folder) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }

  private static void theLinksOfTheReportLeadSomewhere(Path folder) throws IOException {
    Matcher beside =
        Pattern.compile("\"beside\":\\{(.*?)}")
            .matcher(Files.readString(folder.resolve("report.html")));
    assertThat(beside.find()).isTrue();
    List<String> links =
        Pattern.compile("\"((?:logs|artifacts)/[^\"]+)\"")
            .matcher(beside.group(1))
            .results()
            .map(link -> link.group(1))
            .toList();
    assertThat(links)
        .anyMatch(link -> link.startsWith("logs/"))
        .anyMatch(link -> link.startsWith("artifacts/"))
        .allSatisfy(link -> assertThat(folder.resolve(link)).isRegularFile());
  }

  @Test
  void badShardsAreRefused() throws IOException {
    assertThat(offload("run", "--shard", "3/2").exitCode()).isEqualTo(64);
    assertThat(offload("run", "--shard-by", "duration").exitCode()).isEqualTo(64);
    assertThat(run(0, "--shard", "2/20", "-k", "t1")).isEmpty();
  }

  @Test
  void aQuarantinedTestRunsAndDoesNotCount() throws IOException {
    test("t2", "false");
    test("t3", "false");
    quarantine("2999-12-31");

    assertThat(run(1, "-k", "t2", "-k", "t3")).containsExactly("./t2.t", "./t3.t");
    assertThat(summary("test-results")).contains("\"failed\":2", "\"quarantined\":1");
    assertThat(project.resolve("test-results/junit.xml"))
        .content()
        .contains(
            "failures=\"1\"",
            "<skipped message=\"quarantined: it is known (me, until 2999-12-31): ");
    assertThat(run(1, "--failed")).containsExactly("./t3.t");
    test("t3", "true");
    assertThat(run(0, "--fail-fast")).hasSize(9);
  }

  @Test
  void anExpiredQuarantineIsRefused() throws IOException {
    quarantine("2020-02-29");

    Result result = offload("run");

    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.stderr())
        .contains("quarantine.toml:1: the quarantine of 't2*' expired on 2020-02-29 (owner: me");
    assertThat(offload("validate").exitCode()).isEqualTo(78);
    assertThat(offload("collect").exitCode()).isZero();
  }

  private void quarantine(String expires) throws IOException {
    config("[quarantine]\nfile = \"quarantine.toml\"\n");
    Files.writeString(
        project.resolve("quarantine.toml"),
        "[[quarantine]]\ntest = \"t2*\"\nreason = \"it is known\"\nowner = \"me\"\nexpires = "
            + expires
            + "\n");
  }
}
