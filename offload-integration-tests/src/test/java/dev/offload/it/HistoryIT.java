package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryIT {
  private static final String FILE = "offload-history.jsonl";

  @TempDir private Path project;
  @TempDir private Path cache;

  @BeforeEach
  void prepare() {
    Fixture.copy("small", project);
  }

  private OffloadCommand command() {
    return Fixture.withPytest(project).with("OFFLOAD_CACHE_DIR", cache.toString());
  }

  private Result run(String... arguments) {
    Result result = command().run(arguments);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result;
  }

  private void addToConfig(String text) throws IOException {
    Files.writeString(project.resolve("offload.toml"), text, StandardOpenOption.APPEND);
  }

  private List<Path> cached(String folder) throws IOException {
    Path path = cache.resolve(folder);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.toList();
    }
  }

  @Test
  void everyRunIsRememberedInTheCacheOfTheUser() throws IOException {
    run("run");
    run("run", "tests/test_small.py::test_passes");

    assertThat(cached("history")).hasSize(1);
    assertThat(Files.readAllLines(cached("history").getFirst())).hasSize(5);
    assertThat(run("history", "slowest").stdout()).contains("tests/test_small.py::test_passes");
    assertThat(run("history", "show", "tests/test_small.py::test_passes").stdout())
        .contains("2 attempts, 0 failed");
    assertThat(run("history", "flakiest").stderr()).contains("no such test");
    assertThat(project.resolve(FILE)).doesNotExist();
  }

  @Test
  void onlyTheFileOfTheHistoryTableIsWrittenAndOnlyWhenWanted() throws IOException {
    addToConfig("\n[history]\n");

    run("run");
    assertThat(project.resolve(FILE)).doesNotExist();

    run("run", "--record-history");
    assertThat(Files.readAllLines(project.resolve(FILE))).hasSize(5).isSorted();
    assertThat(cached("history")).isEmpty();
  }

  @Test
  void aDamagedLineIsToldAndDoesNoHarm() throws IOException {
    addToConfig("\n[history]\nrecord_history = \"always\"\n");
    Files.writeString(project.resolve(FILE), "<<<<<<< HEAD\n");

    assertThat(run("run").stderr()).contains(FILE + ":1: the line is skipped: it is not JSON");
    assertThat(Files.readAllLines(project.resolve(FILE))).hasSize(5);
  }

  @Test
  void gitMergesHistoriesWithoutConflicts() throws IOException {
    addToConfig("\n[history]\nrecord_history = \"always\"\n");
    Files.writeString(project.resolve(".gitignore"), "test-results\n__pycache__\n.pytest_cache\n");
    git("init", "-q", "-b", "main");
    run("run", "tests/test_small.py::test_passes");
    run("history", "setup-merge-driver");
    run("history", "setup-merge-driver");
    assertThat(Files.readAllLines(project.resolve(".gitattributes")))
        .containsExactly(FILE + " merge=offload-history");
    git("add", "-A");
    git("commit", "-qm", "base");
    git("checkout", "-qb", "other");
    run("run");
    git("commit", "-qam", "theirs");
    git("checkout", "-q", "main");
    run("run", "tests/test_small.py::test_passes");
    git("commit", "-qam", "ours");

    git("merge", "-q", "-m", "merged", "other");

    assertThat(Files.readAllLines(project.resolve(FILE))).hasSize(5).isSorted();
    assertThat(run("history", "show", "tests/test_small.py::test_passes").stdout())
        .contains("3 attempts, 0 failed");
  }

  @Test
  void beginsWithWhatAnotherRunnerMeasured() {
    Result pytest =
        command().runProgram("python", "-m", "pytest", "-q", "--junitxml=old.xml", "tests");
    assertThat(pytest.exitCode()).as(pytest.stdout()).isZero();

    run("history", "import-junit", "old.xml");
    run("history", "import-junit", "old.xml");

    assertThat(run("history", "show", "tests/test_small.py::test_odd[two words]").stdout())
        .contains("1 attempts");
    assertThat(command().run("history", "import-junit", "missing.xml").stderr())
        .contains("missing.xml cannot be read: there is no such file");
  }

  /// The driver that git calls is `offload` on the path.
  private void git(String... arguments) {
    String path = OffloadCommand.home().resolve("bin") + File.pathSeparator + System.getenv("PATH");
    Result result =
        OffloadCommand.in(project)
            .with("PATH", path)
            .with("OFFLOAD_CACHE_DIR", cache.toString())
            .with("GIT_CONFIG_GLOBAL", "/dev/null")
            .with("GIT_AUTHOR_NAME", "Ada")
            .with("GIT_AUTHOR_EMAIL", "ada@example.org")
            .with("GIT_COMMITTER_NAME", "Ada")
            .with("GIT_COMMITTER_EMAIL", "ada@example.org")
            .runProgram("git", arguments);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
  }
}
