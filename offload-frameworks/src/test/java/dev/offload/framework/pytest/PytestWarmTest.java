package dev.offload.framework.pytest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What many batches in one process share and what they do not.
@Tag("tools")
class PytestWarmTest {
  private static final String[] VERSIONS = {"pytest-7", "pytest-8", "pytest-9"};

  @TempDir Path temporary;
  private Path project;

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(temporary.resolve("project"));
  }

  private void write(String name, String content) throws IOException {
    Projects.write(project, name, content);
  }

  private Pytest pytest(String version) {
    return new Pytest(version, project, temporary);
  }

  private static List<TestCase> named(List<TestCase> all, String... ids) {
    return List.of(ids).stream()
        .map(id -> all.stream().filter(test -> test.id().value().equals(id)).findFirst())
        .map(test -> test.orElseThrow())
        .toList();
  }

  private List<String> journal() throws IOException {
    return Files.readAllLines(project.resolve("journal"));
  }

  private static final String JOURNAL =
      """
      import os, pytest
      def note(text):
          with open("journal", "a") as file:
              file.write(text + "\\n")
      """;

  private void writeJournalSuite() throws IOException {
    write("journal.py", JOURNAL);
    write("pytest.ini", "[pytest]\npythonpath = .\n");
    write(
        "conftest.py",
        """
        import os, pytest
        from journal import note
        @pytest.fixture(scope="session", autouse=True)
        def session():
            note("session begins")
            yield
            note("session ends")
        def pytest_sessionfinish():
            note("finish")
        """);
    for (String name : List.of("a", "b")) {
      write(
          "test_%s.py".formatted(name),
          """
          import os, pytest
          from journal import note
          note("import NAME")
          @pytest.fixture(scope="module", autouse=True)
          def module():
              note("module NAME begins")
              yield
              note("module NAME ends")
          class TestIt:
              def test_1(self):
                  note("NAME1 in " + os.environ["OFFLOAD_BATCH_ID"])
              def test_2(self):
                  note("NAME2 in " + os.environ["OFFLOAD_BATCH_ID"])
          def test_3():
              note("NAME3")
          """
              .replace("NAME", name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-8", "pytest-9"})
  void filesAreCollectedOnceTheSessionLivesOnAndModulesEndWithTheirBatch(String version)
      throws IOException, InterruptedException {
    writeJournalSuite();
    List<TestCase> all = pytest(version).found().tests();
    Files.delete(project.resolve("journal"));

    WarmRun warm = new WarmRun(pytest(version));
    assertThat(warm.run(named(all, "test_a.py::TestIt::test_1")).lines())
        .containsExactly("test_a.py::TestIt::test_1: PASSED");
    assertThat(warm.run(named(all, "test_a.py::TestIt::test_2", "test_b.py::test_3")).lines())
        .containsExactly("test_a.py::TestIt::test_2: PASSED", "test_b.py::test_3: PASSED");
    assertThat(warm.stop()).isEmpty();

    assertThat(journal())
        .containsExactly(
            "import a",
            "session begins",
            "module a begins",
            "a1 in batch-1",
            "module a ends",
            "import b",
            "module a begins",
            "a2 in batch-2",
            "module a ends",
            "module b begins",
            "b3",
            "module b ends",
            "session ends",
            "finish");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-8", "pytest-9"})
  void aPackageOrderByOrderGivesTheOutcomesOfOneProcess(String version)
      throws IOException, InterruptedException {
    write("pkg/__init__.py", "");
    write(
        "pkg/conftest.py",
        """
        import pytest
        @pytest.fixture(scope="package")
        def shared():
            return []
        """);
    for (int i = 1; i <= 3; i++) {
      write("pkg/sub/test_%d.py".formatted(i), "def test_it(shared):\n    assert shared == []\n");
      write("pkg/test_%d.py".formatted(i), "def test_it(shared, request):\n    assert request\n");
    }
    Pytest pytest = pytest(version);
    List<TestCase> all = pytest.found().tests();

    assertThat(pytest.warm(1).run(all).lines()).isEqualTo(pytest.warm(0).run(all).lines());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-8-plugins", "pytest-9-plugins"})
  void hooksAndPlugInsThatChooseOrReorderDecideNothing(String version)
      throws IOException, InterruptedException {
    write("pytest.ini", "[pytest]\naddopts = -n 2 -m 'not slow'\nmarkers =\n  slow: takes long\n");
    write(
        "conftest.py",
        """
        def pytest_collection_modifyitems(items):
            items.reverse()
            del items[:1]
        """);
    for (String name : List.of("a", "b")) {
      write(
          "test_%s.py".formatted(name),
          "import pytest\n@pytest.mark.parametrize('n', range(4))\ndef test_it(n):\n    assert n\n");
    }
    Pytest pytest = pytest(version);
    List<TestCase> all = pytest.found().tests();
    assertThat(all).hasSize(7);

    for (int size : new int[] {0, 2, 3}) {
      assertThat(pytest.warm(size).run(all).lines())
          .hasSize(7)
          .filteredOn(line -> !line.endsWith(": PASSED"))
          .containsExactlyInAnyOrder(
              "test_a.py::test_it[0]: FAILED assert 0", "test_b.py::test_it[0]: FAILED assert 0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-8", "pytest-9"})
  void whatIsWrongWithALaterFileIsToldAsInAProcessOfItsOwn(String version)
      throws IOException, InterruptedException {
    write("test_a.py", "def test_1(): pass\ndef test_2(): pass\n");
    write("test_b.py", "def test_3(): pass\ndef test_4(): pass\n");
    write("sub/test_c.py", "def test_5(): pass\n");
    write("test_d.py", "def test_6(): pass\n");
    Pytest pytest = pytest(version);
    List<TestCase> all = pytest.found().tests();
    write("test_b.py", "import only_elsewhere\n");
    write("sub/conftest.py", "raise RuntimeError('no licence here')\n");
    write("test_a.py", "def test_1(): pass\n");

    try (WarmRun warm = new WarmRun(pytest)) {
      assertThat(warm.run(named(all, "test_a.py::test_1")).lines())
          .containsExactly("test_a.py::test_1: PASSED");
      assertThat(warm.run(named(all, "test_b.py::test_3")).lines())
          .containsExactly(
              "test_b.py::test_3: ERRORED ModuleNotFoundError: No module named 'only_elsewhere'");
      assertThat(warm.run(named(all, "test_b.py::test_4")).lines())
          .as("again, though the file is not read again")
          .containsExactly(
              "test_b.py::test_4: ERRORED ModuleNotFoundError: No module named 'only_elsewhere'");
      assertThat(warm.run(named(all, "test_a.py::test_2")).diagnoses())
          .first()
          .isEqualTo(
              "test_a.py::test_2 was not collected here; the nearest of its file are:"
                  + " test_a.py::test_1");
      assertThat(warm.run(named(all, "sub/test_c.py::test_5")).lines())
          .singleElement()
          .asString()
          .contains("ERRORED", "no licence here");
      if (!warm.hasEnded()) {
        assertThat(warm.run(named(all, "test_d.py::test_6")).lines())
            .containsExactly("test_d.py::test_6: PASSED");
      }
    }
  }

  @Test
  void aTearDownOfTheSessionThatFailsIsToldToTheUser() throws IOException, InterruptedException {
    write(
        "test_a.py",
        """
        import pytest
        @pytest.fixture(scope="session")
        def server():
            yield
            raise RuntimeError("é: still in use")
        def test_1(server): pass
        """);
    for (String version : VERSIONS) {
      WarmRun warm = new WarmRun(pytest(version));
      assertThat(warm.run(pytest(version).found().tests()).lines()).hasSize(1);
      assertThat(warm.stop())
          .containsExactly(
              "@note what lives as long as the test process failed in its tear-down:"
                  + " RuntimeError: é: still in use");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-8", "pytest-9"})
  void failFastEndsABatchAndNotTheProcess(String version) throws IOException, InterruptedException {
    write("test_a.py", "def test_1(): assert 0\ndef test_2(): pass\ndef test_3(): pass\n");
    List<TestCase> all = pytest(version).found().tests();

    try (WarmRun warm = new WarmRun(pytest(version).failFast())) {
      Pytest.Batch first = warm.run(all.subList(0, 2));
      assertThat(first.lines()).containsExactly("test_a.py::test_1: FAILED assert 0");
      assertThat(first.diagnoses())
          .containsExactly("pytest stopped early: stopping after 1 failures");
      assertThat(warm.run(all.subList(1, 3)).lines())
          .containsExactly("test_a.py::test_2: PASSED", "test_a.py::test_3: PASSED");
    }
  }

  @Test
  void aProcessThatDiesInALaterBatchLeavesThatTestUnfinished()
      throws IOException, InterruptedException {
    write("test_a.py", "import os\ndef test_1(): pass\ndef test_2(): os._exit(0)\n");
    List<TestCase> all = pytest("pytest-9").found().tests();

    try (WarmRun warm = new WarmRun(pytest("pytest-9"))) {
      warm.run(all.subList(0, 1));
      assertThat(warm.run(all.subList(1, 2)).unfinished()).containsExactly("test_a.py::test_2");
      assertThat(warm.hasEnded()).isTrue();
    }
  }

  @Test
  void aProcessThatMeasuresCoverageEndsWithItsFirstBatch()
      throws IOException, InterruptedException {
    write("pytest.ini", "[pytest]\naddopts = --cov=.\n");
    write("test_a.py", "def test_1(): pass\n");
    Pytest pytest = pytest("pytest-9-plugins");
    List<TestCase> all = pytest.found().tests();

    try (WarmRun warm = new WarmRun(pytest)) {
      assertThat(warm.run(all).lines()).containsExactly("test_a.py::test_1: PASSED");
      assertThat(warm.hasEnded()).isTrue();
      assertThat(project.resolve(".coverage")).exists();
    }
  }

  @Test
  void theLogOfABatchHasTheFailuresOfThisBatch() throws IOException, InterruptedException {
    write("test_a.py", "def test_1(): assert 0, 'first'\ndef test_2(): assert 0, 'second'\n");
    Pytest pytest = pytest("pytest-9");
    List<TestCase> all = pytest.found().tests();

    try (WarmRun warm = new WarmRun(pytest)) {
      assertThat(warm.run(all.subList(0, 1)).output().stdout()).contains("AssertionError: first");
      String both = warm.run(all.subList(1, 2)).output().stdout();
      assertThat(both.indexOf("AssertionError: first"))
          .as("once")
          .isEqualTo(both.lastIndexOf("AssertionError: first"))
          .isLessThan(both.indexOf("AssertionError: second"));
    }
  }

  @Test
  void testsOfDifferentConfigurationsNeedAProcessOfTheirOwn()
      throws IOException, InterruptedException {
    for (String lib : List.of("a", "b")) {
      write("libs/" + lib + "/pytest.ini", "[pytest]\n");
      write("libs/" + lib + "/test_x.py", "def test_" + lib + "(): pass\n");
    }
    Pytest pytest = pytest("pytest-9");
    TestCase a = pytest.paths("libs/a").found().tests().getFirst();
    TestCase b = pytest.paths("libs/b").found().tests().getFirst();

    assertThat(pytest.framework().warm(pytest.request(List.of(a, b), temporary))).isEmpty();
    assertThat(pytest.framework().warm(pytest.request(List.of(a), temporary)).orElseThrow().start())
        .isNotEqualTo(
            pytest.framework().warm(pytest.request(List.of(b), temporary)).orElseThrow().start());
  }

  @Test
  void aForkThatComesBackFromItsTestEndsAndLeavesTheNextOrderToItsParent()
      throws IOException, InterruptedException {
    write(
        "test_fork.py",
        """
        import os
        def test_forks():
            if os.fork() == 0:
                assert False, "the child fails, and so comes back"
            os.wait()
        def test_next():
            pass
        def test_fails():
            assert False
        """);
    List<TestCase> all = pytest("pytest-9").found().tests();

    WarmRun warm = new WarmRun(pytest("pytest-9"));
    assertThat(warm.run(named(all, "test_fork.py::test_forks", "test_fork.py::test_next")).lines())
        .containsExactly("test_fork.py::test_forks: PASSED", "test_fork.py::test_next: PASSED");
    assertThat(warm.run(named(all, "test_fork.py::test_fails")).lines())
        .containsExactly("test_fork.py::test_fails: FAILED assert False");
    assertThat(warm.stop()).isEmpty();
  }

  @Test
  void aTestMayReplaceWhatEverythingUses() throws IOException, InterruptedException {
    write(
        "test_patch.py",
        """
        import json, os, time
        def test_patches():
            json.dumps = lambda *args, **options: "patched"
            json.loads = os.write = os.getpid = None
            time.sleep = time.monotonic = lambda *args: 0.0
        def test_fails():
            assert False, "all the same"
        """);
    List<TestCase> all = pytest("pytest-9").found().tests();

    WarmRun warm = new WarmRun(pytest("pytest-9"));
    assertThat(warm.run(named(all, "test_patch.py::test_patches")).lines())
        .containsExactly("test_patch.py::test_patches: PASSED");
    assertThat(warm.run(named(all, "test_patch.py::test_fails")).lines())
        .containsExactly("test_patch.py::test_fails: FAILED AssertionError: all the same");
    assertThat(warm.stop()).isEmpty();
  }
}
