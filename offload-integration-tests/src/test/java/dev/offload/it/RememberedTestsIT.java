package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lists of tests that are remembered are never wrong for long.
class RememberedTestsIT {
  @TempDir private Path folder;
  private Path project;

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(folder.resolve("project"));
    write(
        "offload.toml",
        """
        [offload]
        sandbox_project_root = "."
        max_parallel = 2
        [provider]
        type = "local"
        [framework]
        type = "pytest"
        [groups.quick]
        filters = "-m 'not slow'"
        [groups.slow]
        filters = "-m slow"
        """);
    write("pytest.ini", "[pytest]\nmarkers =\n  slow: takes long\n");
    write(
        "test_it.py",
        """
        import os, pytest
        with open("../names") as file:
            NAMES = file.read().split()
        with open("../listings", "a") as file:
            file.write("x")
        @pytest.mark.parametrize("name", NAMES)
        def test_named(name): pass
        @pytest.mark.slow
        def test_slow(): pass
        """);
    Files.writeString(folder.resolve("names"), "a b");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(project.resolve(name), text);
  }

  private Result run(String... arguments) {
    return Fixture.withPytest(project)
        .with("OFFLOAD_CACHE_DIR", folder.resolve("cache").toString())
        .run(arguments);
  }

  /// Return how often the suite was imported.
  private long imports() throws IOException {
    return Files.size(folder.resolve("listings"));
  }

  private String summary() throws IOException {
    return Files.readString(project.resolve("test-results/summary.json"));
  }

  @Test
  void aListIsMadeOnceForAllGroupsAndAgainWhenAFileChanges() throws IOException {
    assertThat(run("collect").stdout()).contains("test_named[a]", "test_named[b]", "test_slow");
    assertThat(imports()).isEqualTo(1);

    Result again = run("collect");
    assertThat(again.stdout()).contains("test_named[a]", "test_named[b]", "test_slow");
    assertThat(again.stderr()).contains("remembered 2 tests in group 'quick'");
    assertThat(imports()).isEqualTo(1);

    write("test_other.py", "def test_other(): pass\n");
    assertThat(run("collect").stdout()).contains("test_other.py::test_other");
    assertThat(imports()).isEqualTo(2);

    write(
        "offload.toml",
        Files.readString(project.resolve("offload.toml"))
            .replace("max_parallel", "discovery_cache = false\nmax_parallel"));
    run("collect");
    run("collect");
    assertThat(imports()).isEqualTo(4);
  }

  @Test
  void aRunThatBeginsWithARememberedListRunsWhatTheListLacksAndForgetsWhatIsGone()
      throws IOException {
    assertThat(run("run").exitCode()).isZero();
    Files.writeString(folder.resolve("names"), "b c");

    Result result = run("run");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("1 test of the remembered list is not there any more");
    assertThat(summary()).contains("\"total\":3,\"passed\":3");
    assertThat(Files.readString(project.resolve("test-results/junit.xml")))
        .contains("test_named[c]", "tests=\"3\"")
        .doesNotContain("test_named[a]");
  }

  /// What is listed waits until a test of another file has run, so it would wait for ever if that
  /// did not begin before.
  @Test
  void testsOfFilesThatHaveNotChangedBeginWhileTheOthersAreListed() throws IOException {
    write("test_old.py", "def test_old(): open('../ran', 'w').close()\n");
    assertThat(run("run").exitCode()).isZero();
    Files.delete(folder.resolve("ran"));
    write(
        "test_it.py",
        """
        import os, time
        deadline = time.monotonic() + 100
        while not os.path.exists("../ran") and time.monotonic() < deadline:
            time.sleep(0.05)
        def test_new(): assert os.path.exists("../ran")
        """);

    Result result = run("run");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(summary()).contains("\"total\":2,\"passed\":2");
    assertThat(journal()).contains("remembered 1 tests in group 'quick'");
    write("conftest.py", "");
    run("run");
    assertThat(journal()).as("a conftest decides").doesNotContain("remembered");
  }

  private String journal() throws IOException {
    return Files.readString(project.resolve("test-results/events.jsonl"));
  }
}
