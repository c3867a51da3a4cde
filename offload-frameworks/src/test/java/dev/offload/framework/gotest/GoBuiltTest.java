package dev.offload.framework.gotest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs that were compiled once, by the go command on `PATH` and by an older one.
@Tag("tools")
class GoBuiltTest {
  private static final int MANY = 20_000;
  private static final int SPREAD = 97;

  @TempDir private Path folder;

  private FrameworkRun run(Map<String, Object> settings, Map<String, String> env) throws Exception {
    Map<String, Object> all = new java.util.HashMap<>(settings);
    all.put("command", TestTools.require("go/bin/go").toString());
    Path commands = Files.createDirectories(folder.resolve("commands"));
    return new FrameworkRun(
        new GoFactory().create(MapSettings.of(all)), folder.resolve("project"), commands, env);
  }

  private void file(String name, String text) throws Exception {
    Path file = folder.resolve("project").resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
  }

  @Test
  void a_package_of_20_000_tests_is_listed_whole_and_any_of_them_run() throws Exception {
    file("go.mod", "module example.com/many\n\ngo 1.20\n");
    StringBuilder text = new StringBuilder("package many\n\nimport \"testing\"\n\n");
    for (int i = 0; i < MANY; i++) {
      text.append("func TestNumber").append(i).append("(t *testing.T) {}\n");
    }
    file("many_test.go", text.toString());
    FrameworkRun run = run(Map.of("run_args", "-short"), Map.of());

    List<TestCase> tests = run.tests("");
    assertThat(tests).hasSize(MANY);
    run.build(tests, true);
    List<TestCase> some =
        tests.stream().filter(test -> test.id().hashCode() % SPREAD == 0).toList();
    assertThat(run.run(some).outcomes())
        .hasSameSizeAs(some)
        .allSatisfy((_, outcome) -> assertThat(outcome).isEqualTo(Outcome.PASSED));
  }

  @Test
  void a_data_race_fails_its_test() throws Exception {
    file("go.mod", "module example.com/race\n\ngo 1.20\n");
    file(
        "race_test.go",
        """
        package race
        import "testing"
        func TestFine(t *testing.T) {}
        func TestRace(t *testing.T) {
        	n, done := 0, make(chan bool)
        	go func() { n++; done <- true }()
        	n++
        	<-done
        }
        """);
    FrameworkRun run = run(Map.of("race", true), Map.of());

    List<TestCase> tests = run.tests("");
    run.build(tests, true);
    BatchResult result = run.run(tests);
    assertThat(result.outcomes())
        .containsOnly(
            entry("example.com/race TestFine", Outcome.PASSED),
            entry("example.com/race TestRace", Outcome.FAILED));
    assertThat(result.report("example.com/race TestRace").details()).contains("DATA RACE");
  }

  @Test
  void an_older_go_tells_the_same() throws Exception {
    file("go.mod", "module example.com/old\n\ngo 1.20\n");
    file(
        "leak/leak_test.go",
        """
        package leak
        import ("flag"; "fmt"; "os"; "testing")
        func TestMain(m *testing.M) {
        	m.Run()
        	if flag.Lookup("test.list").Value.String() != "" { return }
        	fmt.Println("found a leak")
        	os.Exit(1)
        }
        func TestA(t *testing.T) {}
        func TestB(t *testing.T) {}
        """);
    file(
        "sudden/sudden_test.go",
        """
        package sudden
        import ("testing"; "time")
        func TestFirst(t *testing.T) {}
        func TestElsewhere(t *testing.T) { go panic("in the back"); time.Sleep(time.Minute) }
        """);
    FrameworkRun run = run(Map.of(), Map.of("GOTOOLCHAIN", "go1.23.12"));

    List<TestCase> tests = run.tests("");
    run.build(tests, true);
    BatchResult result = run.run(tests);
    assertThat(result.outcomes())
        .containsOnly(
            entry("example.com/old/leak TestA", Outcome.PASSED),
            entry("example.com/old/leak TestB", Outcome.ERRORED),
            entry("example.com/old/sudden TestFirst", Outcome.PASSED),
            entry("example.com/old/sudden TestElsewhere", Outcome.CRASHED));
    assertThat(result.report("example.com/old/leak TestB").details()).contains("found a leak");
    assertThat(result.report("example.com/old/sudden TestElsewhere").details())
        .contains("panic: in the back");
  }
}
