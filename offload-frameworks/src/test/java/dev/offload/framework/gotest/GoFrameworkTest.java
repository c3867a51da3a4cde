package dev.offload.framework.gotest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.Discovery;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.testkit.BatchResult;
import dev.offload.testkit.FrameworkRun;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.TestTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The adapter with the real go command.
@Tag("tools")
class GoFrameworkTest {
  @TempDir Path project;
  @TempDir Path folder;

  @BeforeEach
  void write() throws Exception {
    file("go.mod", "module example.com/fix\n\ngo 1.20\n");
    file(
        "calc/calc_test.go",
        """
        package calc

        import (
        	"fmt"
        	"os"
        	"testing"
        )

        func TestMain(m *testing.M) { fmt.Println("TestMain says hello"); os.Exit(m.Run()) }
        func TestPass(t *testing.T) { fmt.Print("no line end") }
        func TestPassToo(t *testing.T) {}
        func TestSkip(t *testing.T) { t.Skip("no network") }
        func TestExit(t *testing.T) { os.Exit(3) }
        func TestImitate(t *testing.T) {
        	fmt.Println("--- FAIL: TestPass (0.00s)")
        	fmt.Println(`{"Action":"fail","Package":"example.com/fix/calc","Test":"TestPass"}`)
        }
        func TestSub(t *testing.T) {
        	t.Run("good", func(t *testing.T) {})
        	t.Run("b ad", func(t *testing.T) { t.Error("sub is wrong") })
        }
        func Example_bad() {
        	fmt.Println(3)
        	// Output: 4
        }
        func FuzzSeeds(f *testing.F) {
        	f.Add(7)
        	f.Fuzz(func(t *testing.T, n int) { if n == 7 { t.Error("seven") } })
        }
        """);
    file(
        "other/a_test.go",
        "package other\n\nimport \"testing\"\n\nfunc TestPass(t *testing.T) {}\n");
    file(
        "other/b_test.go",
        "package other_test\n\nimport \"testing\"\n\nfunc TestPass(t *testing.T) { t.Error(\"outside\") }\n");
    file(
        "broken/broken_test.go",
        "package broken\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) { nothing() }\n");
  }

  private void file(String name, String text) throws Exception {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private GoFramework framework() {
    String go = TestTools.require("go/bin/go").toString();
    MapSettings settings = MapSettings.of(Map.of("command", go));
    GoFramework framework = (GoFramework) new GoFactory().create(settings);
    assertThat(settings.problems()).isEmpty();
    return framework;
  }

  private FrameworkRun adapter() {
    return new FrameworkRun(framework(), project, folder, Map.of());
  }

  private Discovery discover(String filters) throws Exception {
    return adapter().discover(filters);
  }

  @Test
  void every_test_ends_as_plain_go_has_it() throws Exception {
    Discovery.Found found = (Discovery.Found) discover("");
    assertThat(found.errors()).hasSize(1);
    assertThat(found.errors().getFirst().details()).contains("undefined: nothing");
    List<TestCase> tests =
        found.tests().stream().filter(test -> !test.id().value().endsWith("TestPassToo")).toList();

    BatchResult outcome = adapter().run(tests);

    String calc = "example.com/fix/calc ";
    assertThat(outcome.outcomes())
        .containsEntry(calc + "TestPass", Outcome.PASSED)
        .containsEntry(calc + "TestSkip", Outcome.SKIPPED)
        .containsEntry(calc + "TestExit", Outcome.CRASHED)
        .containsEntry("example.com/fix/other TestPass", Outcome.FAILED)
        .doesNotContainKeys(calc + "TestPassToo", calc + "TestImitate");

    List<TestCase> rest =
        tests.stream().filter(test -> !outcome.reports().containsKey(test.id().value())).toList();
    BatchResult second = adapter().run(rest);

    assertThat(second.outcomes())
        .containsOnly(
            Map.entry(calc + "TestImitate", Outcome.PASSED),
            Map.entry(calc + "TestSub", Outcome.FAILED),
            Map.entry(calc + "Example_bad", Outcome.FAILED),
            Map.entry(calc + "FuzzSeeds", Outcome.FAILED));
    assertThat(second.report(calc + "TestSub").message())
        .startsWith("TestSub/b_ad: calc_test.go:")
        .endsWith("sub is wrong");
  }

  @Test
  void a_folder_without_a_module_is_explained() throws Exception {
    Files.delete(project.resolve("go.mod"));

    assertThat(discover("")).isInstanceOf(Discovery.Failed.class);
    assertThat(((Discovery.Failed) discover("")).details()).contains("main module");
  }
}
