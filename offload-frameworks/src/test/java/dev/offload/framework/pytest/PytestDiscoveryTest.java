package dev.offload.framework.pytest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.test.TestCase;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a discovery finds, and what it says when it cannot.
@Tag("tools")
class PytestDiscoveryTest {
  @TempDir Path temporary;
  private Path project;

  @BeforeEach
  void writeSuite() throws IOException {
    project = Files.createDirectories(temporary.resolve("project"));
    Projects.write(project, "tests/test_one.py", "def test_one():\n    pass\n");
  }

  private Pytest pytest(String version) {
    return new Pytest(version, project, temporary);
  }

  private Discovery.Failed failed(Pytest pytest) throws IOException, InterruptedException {
    return switch (pytest.discovery()) {
      case Discovery.Failed failed -> failed;
      case Discovery.Found found -> throw new AssertionError("found " + found);
    };
  }

  @Test
  void aGroupThatMatchesNothingIsAWarning() throws IOException, InterruptedException {
    Discovery.Found found = pytest("pytest-9").filters("-k nothing_at_all").found();

    assertThat(found.tests()).isEmpty();
    assertThat(found.errors()).isEmpty();
    assertThat(found.warnings()).containsExactly("No test of the group 'group' was found.");
  }

  @ParameterizedTest
  @CsvSource({
    "pytest-7, -k 'a and', Wrong expression passed to '-k'",
    "pytest-9, -k 'a and', Wrong expression passed to '-k'",
    "pytest-7, --no-such-option, unrecognized arguments: --no-such-option",
    "pytest-9, --no-such-option, unrecognized arguments: --no-such-option",
    "pytest-9, no/such/file.py, file or directory not found: no/such/file.py",
    "pytest-9, -p no_such_plugin, No module named 'no_such_plugin'"
  })
  void wrongFiltersAreRefusedWithPytestsOwnText(String version, String filters, String text)
      throws IOException, InterruptedException {
    Discovery.Failed failed = failed(pytest(version).filters(filters));

    assertThat(failed.message()).contains(text).doesNotContain("\n");
    assertThat(failed.details()).contains(text.substring(text.lastIndexOf(':') + 1).strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-9"})
  void aBrokenConftestEndsTheDiscoveryWithItsText(String version)
      throws IOException, InterruptedException {
    Projects.write(project, "conftest.py", "import no_such_library\n");

    Discovery.Failed failed = failed(pytest(version));

    assertThat(failed.message()).contains("No module named 'no_such_library'");
    assertThat(failed.details()).contains("conftest.py").contains("import no_such_library");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-8", "pytest-9"})
  void aBrokenConftestOfAFolderIsNeverSilent(String version)
      throws IOException, InterruptedException {
    Projects.write(project, "tests/deep/er/conftest.py", "import no_such_library\n");
    Projects.write(project, "tests/deep/er/test_two.py", "def test_two():\n    pass\n");

    String said =
        switch (pytest(version).discovery()) {
          case Discovery.Failed(String message, String details) -> message + details;
          case Discovery.Found(var _, List<Discovery.CollectionError> errors, var _) ->
              errors.toString();
        };
    assertThat(said).contains("No module named 'no_such_library'").contains("conftest.py");
  }

  @Test
  void anInternalErrorIsReportedWithItsText() throws IOException, InterruptedException {
    Projects.write(
        project,
        "conftest.py",
        """
        def pytest_collection_modifyitems(items):
            raise RuntimeError("our hook is broken")
        """);
    Discovery.Failed failed = failed(pytest("pytest-9"));

    assertThat(failed.message()).contains("RuntimeError: our hook is broken");
    assertThat(failed.details()).contains("conftest.py");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-9"})
  void pytestExitAtImportIsNeverSilent(String version) throws IOException, InterruptedException {
    Projects.write(project, "tests/test_two.py", "import pytest\npytest.exit('not on Mondays')\n");

    assertThat(pytest(version).found().errors())
        .singleElement()
        .asString()
        .contains("tests/test_two.py", "Exit: not on Mondays");
  }

  @Test
  void aProcessThatVanishesAtImportIsNotAnEmptySuite() throws IOException, InterruptedException {
    Projects.write(project, "tests/test_two.py", "import os\nos._exit(0)\n");

    assertThat(failed(pytest("pytest-9")).message())
        .contains("ended (exit code 0) before it had listed the tests");
  }

  @Test
  void pytestThatIsNotInstalledIsSaidInOneSentence() throws IOException, InterruptedException {
    Path bare = Files.createDirectories(temporary.resolve("bare"));
    Projects.write(
        bare,
        "python",
        "#!/bin/sh\necho \"/usr/bin/python: No module named pytest\" >&2\nexit 1\n");
    assertThat(bare.resolve("python").toFile().setExecutable(true)).isTrue();

    assertThat(failed(pytest("pytest-9").command(bare + "/python", "-m", "pytest")).message())
        .startsWith("pytest is not installed for the Python that ")
        .endsWith("in [framework] command.");
  }

  @Test
  void aCommandThatDoesNotExistIsNamed() throws IOException, InterruptedException {
    assertThat(failed(pytest("pytest-9").command("no-such-command", "x y")).message())
        .isEqualTo(
            "`no-such-command 'x y'` was not found: install it, or correct [framework] command.");
  }

  @Test
  void python3StandsInForPythonWhenNoCommandWasChosen() throws IOException, InterruptedException {
    assertThat(discoveryWithPath(List.of("python3"))).isInstanceOf(Discovery.Found.class);
  }

  @Test
  void noPythonAtAllIsSaidInOneSentence() throws IOException, InterruptedException {
    assertThat(discoveryWithPath(List.of()))
        .isInstanceOfSatisfying(
            Discovery.Failed.class,
            failed -> assertThat(failed.message()).startsWith("Neither python nor python3"));
  }

  /// Run the default command where the only programs are `sh` and the named links to Python.
  private Discovery discoveryWithPath(List<String> names) throws IOException, InterruptedException {
    Path programs = Files.createDirectories(temporary.resolve("programs"));
    link(programs, "sh", Path.of("/bin/sh"));
    for (String name : names) {
      link(programs, name, TestTools.require("pytest-9/bin/python"));
    }
    PytestFramework framework =
        new PytestFramework(
            new PytestOptions(
                List.of("python", "-m", "pytest"), false, List.of(), List.of(), List.of()));
    Path folder = Files.createDirectories(temporary.resolve("folder"));
    DiscoveryRequest request = new DiscoveryRequest("group", "", folder.toString(), Map.of());
    CommandOutput output =
        new StepRun(project, folder, List.of(programs.toString()))
            .run(framework.discovery(request));
    return framework.readDiscovery(request, output);
  }

  /// A script rather than a symbolic link: JUnit warns when it removes one that leads outside.
  private static void link(Path programs, String name, Path program) throws IOException {
    Projects.write(programs, name, "#!/bin/sh\nexec " + program + " \"$@\"\n");
    assertThat(programs.resolve(name).toFile().setExecutable(true)).isTrue();
  }

  @Test
  void manyLongIdsAreListed() throws IOException, InterruptedException {
    Projects.write(
        project,
        "tests/test_many.py",
        """
        import pytest
        @pytest.mark.parametrize("x", ["%05d-" % n + "y" * 60 for n in range(20000)])
        def test_many(x):
            pass
        """);
    List<TestCase> tests = pytest("pytest-9").found().tests();

    assertThat(tests).hasSize(20001);
    assertThat(distinct(tests, TestCase::selector)).as("selectors in memory").isEqualTo(1);
    assertThat(distinct(tests.subList(0, 20000), TestCase::file)).as("file names").isEqualTo(1);
  }

  private static int distinct(List<TestCase> tests, Function<TestCase, String> text) {
    IdentityHashMap<String, Boolean> identities = new IdentityHashMap<>();
    tests.forEach(test -> identities.put(text.apply(test), true));
    return identities.size();
  }

  @Test
  void pytestsOwnWarningsAboutCollectionAreHandedOn() throws IOException, InterruptedException {
    Projects.write(
        project,
        "tests/test_two.py",
        """
        import warnings
        warnings.warn("not about collection")
        class TestX:
            def __init__(self):
                pass
            def test_lost(self):
                pass
        """);
    assertThat(pytest("pytest-9").found().warnings())
        .containsExactly(
            "tests/test_two.py:3: cannot collect test class 'TestX' because it has a __init__"
                + " constructor (from: tests/test_two.py)");
  }

  @Test
  void testsAreNamedAsInAPlainRunWithTheSamePaths() throws IOException, InterruptedException {
    Projects.write(project, "libs/a/pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-q'\n");
    Projects.write(project, "libs/a/test_a.py", "def test_a():\n    pass\n");

    List<TestCase> tests = pytest("pytest-9").paths("libs/a").found().tests();

    assertThat(tests)
        .extracting(test -> test.id().value(), TestCase::file)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("test_a.py::test_a", "libs/a/test_a.py"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-8", "pytest-9"})
  void groupsOfOnePassAreWhatEachOfThemIsAlone(String version)
      throws IOException, InterruptedException {
    Projects.write(
        project,
        "pytest.ini",
        "[pytest]\naddopts = -m 'not slow'\nmarkers =\n  slow: takes long\n  net: needs it\n");
    Projects.write(
        project,
        "conftest.py",
        """
        import pytest
        def pytest_collection_modifyitems(config, items):
            items.sort(key=lambda item: item.name)
            for item in items:
                if item.name == "test_d":
                    item.add_marker(pytest.mark.net)
            if "-net" in (config.option.markexpr or "").replace("not ", "-"):
                del items[0]
        """);
    Projects.write(
        project,
        "tests/test_marks.py",
        """
        import pytest
        @pytest.mark.parametrize("n", [1, 1])
        def test_c(n): pass
        @pytest.mark.slow
        def test_b(): pass
        @pytest.mark.slow
        @pytest.mark.net
        def test_a(): pass
        def test_d(): pass
        """);
    Projects.write(
        project,
        "tests/test_left_out.py",
        "import pytest\npytest.skip('not here', allow_module_level=True)\n");
    Projects.write(project, "tests/test_broken.py", "import not_there\n");
    String[] filters = {"", "-m slow", "-k 'test_a or test_d' -m ''", "-mnet", "-m 'not net'"};

    List<Discovery> together = pytest(version).discoveries(filters);

    for (int i = 0; i < filters.length; i++) {
      assertThat(together.get(i)).isEqualTo(pytest(version).filters(filters[i]).found());
    }
    assertThat(((Discovery.Found) together.get(1)).tests())
        .extracting(test -> test.id().value())
        .containsExactly(
            "tests/test_left_out.py", "tests/test_marks.py::test_a", "tests/test_marks.py::test_b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytest-7", "pytest-9"})
  void aWrongExpressionOfALaterGroupIsRefusedWithPytestsOwnText(String version)
      throws IOException, InterruptedException {
    assertThat(pytest(version).discoveries("", "-m 'a and'"))
        .allSatisfy(answer ->
            assertThat(answer)
                .isInstanceOfSatisfying(
                    Discovery.Failed.class,
                    failed ->
                        assertThat(failed.message())
                            .contains("Wrong expression passed to '-m'", "a and")));
  }
}
