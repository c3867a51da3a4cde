package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Run as a step of GitHub Actions does.
final class GithubIT {
  @TempDir Path workspace;

  private Path project;

  @BeforeEach
  void aProjectWithATestThatFails() throws Exception {
    project = Fixture.copy("small", workspace.resolve("app"));
    Files.writeString(
        project.resolve("tests/test_bad.py"),
        "def test_bad():\n    print('::error::fake')\n    assert 1 == 2, '50%'\n");
  }

  private OffloadCommand offload() {
    return Fixture.withPytest(project)
        .with("CI", "true")
        .with("GITHUB_ACTIONS", "true")
        .with("GITHUB_WORKSPACE", workspace.toString())
        .with("GITHUB_STEP_SUMMARY", workspace.resolve("summary.md").toString());
  }

  @Test
  void aFailureIsAnnotatedWhereItHappened() throws Exception {
    OffloadCommand.Result run = offload().run("run");
    assertThat(run.exitCode()).as(run.stderr()).isEqualTo(1);
    assertThat(run.errLines())
        .anySatisfy(line ->
            assertThat(line)
                .startsWith(
                    "::error file=app/tests/test_bad.py,line=3,title=failed%3A"
                        + " tests/test_bad.py%3A%3Atest_bad::AssertionError: 50%25"))
        .contains("::group::failed: tests/test_bad.py::test_bad", "::endgroup::");
    assertThat(Files.readString(workspace.resolve("summary.md")))
        .startsWith("### Offload: 1 failed, 1 skipped, 5 passed");
  }

  @Test
  void mergedShardsAreGuardedAndSummedUp() throws Exception {
    for (String shard : List.of("1", "2")) {
      String[] words = {"run", "--github=off", "--shard", shard + "/2"};
      OffloadCommand.Result run = offload().run(words);
      assertThat(run.exitCode()).as(run.stderr()).isBetween(0, 1);
      Files.move(project.resolve("test-results"), workspace.resolve("shard-" + shard));
    }
    OffloadCommand.Result merge =
        offload()
            .run(
                "merge",
                workspace.resolve("shard-1").toString(),
                workspace.resolve("shard-2").toString());

    assertThat(merge.exitCode()).as(merge.stderr()).isEqualTo(1);
    List<String> lines = merge.errLines();
    assertThat(lines.getFirst()).startsWith("::stop-commands::");
    assertThat(lines)
        .anySatisfy(
            line -> assertThat(line).startsWith("::error file=app/tests/test_bad.py,line=3"));
    assertThat(Files.readString(workspace.resolve("summary.md")))
        .startsWith("### Offload: 1 failed, 1 skipped, 5 passed");
  }

  @Test
  void nothingIsSaidToGithubWhenItIsNotWanted() {
    OffloadCommand.Result run = offload().run("run", "--github=off");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines()).noneMatch(line -> line.matches("::(error f|group|stop).*"));
    assertThat(workspace.resolve("summary.md")).doesNotExist();
  }
}
