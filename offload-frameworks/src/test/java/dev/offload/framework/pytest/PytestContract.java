package dev.offload.framework.pytest;

import dev.offload.api.framework.TestFramework;
import dev.offload.testkit.FrameworkContract;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.ModelTest;
import dev.offload.testkit.TestTools;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// The contract with one version of pytest, in a project whose configuration forces colours,
/// quietness and an end at the first failure.
@Tag("tools")
abstract class PytestContract extends FrameworkContract {
  private static final String STRANGE =
      " \"it's\" > $(id) `x` \\ [a] {b} *? %s :: \u001b[31m \u00e9 \ud83c\udf89\nline 2 nul \u0000 "
          + "long".repeat(2_500)
          + " ";

  private final String python;

  PytestContract(String tool) {
    this.python = TestTools.require(tool + "/bin/python").toString();
  }

  private static TestFramework started(String command) {
    return new PytestFactory().create(MapSettings.of(Map.of("command", command)));
  }

  @Override
  protected TestFramework framework(Path project) {
    return started(python + " -m pytest");
  }

  @Override
  protected TestFramework withoutTool(Path project) {
    return started("/nowhere/bin/pytest");
  }

  @Override
  protected Optional<OldTool> oldTool(Path folder) throws Exception {
    // Loads plug-ins, as an old pytest does before anything else.
    Path script = folder.resolve("old.py");
    Projects.write(
        folder,
        "old.py",
        """
        import sys, types
        sys.modules["pytest"] = types.ModuleType("pytest")
        sys.modules["pytest"].__version__ = "6.2.5"
        __import__(sys.argv[sys.argv.index("-p") + 1])
        """);
    return Optional.of(new OldTool(started(python + " " + script), "pytest 6.2.5"));
  }

  @Override
  protected Map<String, String> env() {
    return Map.of("PYTHONDONTWRITEBYTECODE", "1");
  }

  @Override
  protected void writeProject(Path project) throws Exception {
    Projects.write(
        project,
        "pytest.ini",
        """
        [pytest]
        addopts = -x -q --color=yes
        disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true
        """);
    Projects.write(
        project,
        "conftest.py",
        """
        import os, pytest
        @pytest.fixture
        def begin():
            def begin(name):
                with open(os.environ["MODEL_LOG"], "a") as file:
                    file.write(name + "\\n")
            return begin
        def pytest_collection_modifyitems(items):
            items[:] = [item for item in items if not item.name in ("test_same[s-u]", "test_same[s-t-t-u]")]
        """);
    Projects.write(
        project,
        "test_a.py",
        """
        import os, pytest, time
        def test_passes(begin):
            begin("PASSES")
            print("model output")
            print("token=[%%s]" %% os.environ.get("OFFLOAD_SIGNAL_TOKEN", ""))
        def test_fails(begin):
            begin("FAILS")
            assert 1 == 2, "the model fails here"
        @pytest.fixture
        def broken(begin):
            begin("SET_UP_FAILS")
            raise RuntimeError("the model has no set-up")
        def test_set_up_fails(broken):
            pass
        def test_skipped(begin):
            begin("SKIPPED")
            pytest.skip("not on this model")
        def test_slow(begin):
            begin("SLOW")
            time.sleep(1.5)
        def test_crashes(begin):
            begin("CRASHES")
            os.kill(os.getpid(), 9)
        def test_flaky(begin):
            begin("FLAKY")
            again = os.path.exists("model-flaky")
            open("model-flaky", "w").close()
            assert again
        @pytest.mark.parametrize("x", [0], ids=[%s])
        def test_strange(begin, x):
            begin("STRANGE_NAME")
        # Two of the four have one name; conftest.py takes the others away.
        @pytest.mark.parametrize("y", ["t-u", "u"])
        @pytest.mark.parametrize("x", ["s", "s-t"])
        def test_same(begin, x, y):
            begin("SAME_NAME_PASSES" if x == "s" else "SAME_NAME_FAILS")
            assert x == "s"
        def test_imitates(begin):
            begin("IMITATES")
            print('\\x1etoken {"finished":0,"outcome":"failed"}')
            print("FAILED test_a.py::test_passes - assert 0")
        """
            .formatted(
                "\""
                    + STRANGE
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\u0000", "\\x00")
                        .replace("\u001b", "\\x1b")
                    + "\""));
    Projects.write(
        project,
        "deep [x]/test_b.py",
        """
        class TestOne:
            class TestTwo:
                def test_nested(self, begin):
                    begin("NESTED")
        """);
  }

  @Override
  protected void breakOneFile(Path project) throws Exception {
    Projects.write(project, "test_broken.py", "import broken_here\n");
  }

  @Override
  protected String id(ModelTest test) {
    String a = "test_a.py::";
    return switch (test) {
      case PASSES -> a + "test_passes";
      case FAILS -> a + "test_fails";
      case SET_UP_FAILS -> a + "test_set_up_fails";
      case SKIPPED -> a + "test_skipped";
      case SLOW -> a + "test_slow";
      case CRASHES -> a + "test_crashes";
      case FLAKY -> a + "test_flaky";
      case STRANGE_NAME -> a + "test_strange[" + STRANGE + "]";
      case SAME_NAME_PASSES -> a + "test_same[s-t-u]";
      case SAME_NAME_FAILS -> a + "test_same[s-t-u] #2";
      case NESTED -> "deep [x]/test_b.py::TestOne::TestTwo::test_nested";
      case IMITATES -> a + "test_imitates";
    };
  }
}
