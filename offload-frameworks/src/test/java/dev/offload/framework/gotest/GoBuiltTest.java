package dev.offload.framework.gotest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.testkit.BatchResult;
import dev.offload.testkit.FrameworkRun;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.TestTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent("command", TestTools.require("go/bin/go").toString());
    Files.createDirectories(folder.resolve("project"));
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
    file(
        "killed/killed_test.go",
        """
        package killed
        import ("os"; "syscall"; "testing")
        func TestKilled(t *testing.T) { syscall.Kill(os.Getpid(), syscall.SIGKILL) }
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
            entry("example.com/old/sudden TestElsewhere", Outcome.CRASHED),
            entry("example.com/old/killed TestKilled", Outcome.CRASHED));
    assertThat(result.report("example.com/old/killed TestKilled").message())
        .isEqualTo("its process ended while it ran: signal: 9");
    assertThat(result.report("example.com/old/sudden TestElsewhere").message())
        .isEqualTo("its process ended while it ran: panic: in the back");
    assertThat(result.report("example.com/old/leak TestB").details()).contains("found a leak");
    assertThat(result.report("example.com/old/sudden TestElsewhere").details())
        .contains("panic: in the back");
  }

  @Test
  void a_program_is_called_as_go_calls_it() throws Exception {
    file("go.mod", "module example.com/self\n\ngo 1.20\n");
    file(
        "self_test.go",
        """
        package self
        import ("os"; "strings"; "testing")
        func TestName(t *testing.T) {
        	if !strings.HasSuffix(os.Args[0], ".test") { t.Fatal(os.Args[0]) }
        }
        """);
    FrameworkRun run = run(Map.of(), Map.of());

    List<TestCase> tests = run.tests("");
    run.build(tests, true);
    assertThat(run.run(tests).outcomes())
        .containsOnly(entry("example.com/self TestName", Outcome.PASSED));
  }

  @Test
  void a_flag_of_the_tests_themselves_leaves_no_package_out() throws Exception {
    file("go.mod", "module example.com/deep\n\ngo 1.20\n");
    for (String name : List.of("top", "a/low", "b/low")) {
      file(
          name + "_test.go",
          """
          package deep
          import ("flag"; "testing")
          var deep = flag.Bool("deep", false, "")
          func TestDeep(t *testing.T) { if !*deep { t.Fatal("not deep") } }
          """);
    }
    String[] all = {
      "example.com/deep TestDeep", "example.com/deep/a TestDeep", "example.com/deep/b TestDeep"
    };
    for (String filters :
        List.of("-deep", "-deep -cover")) { // built before, and by go in the batch
      FrameworkRun run = run(Map.of(), Map.of());
      List<TestCase> tests = run.tests(filters);
      run.build(tests, true);

      assertThat(run.run(tests).outcomes())
          .containsOnlyKeys(all)
          .allSatisfy((_, outcome) -> assertThat(outcome).isEqualTo(Outcome.PASSED));
    }
  }

  /// A go command that writes down what it is asked for.
  private String loggingGo() throws Exception {
    Path script = folder.resolve("go.sh");
    Files.writeString(
        script,
        "echo \"$*\" >>'%s'\nexec '%s' \"$@\"\n"
            .formatted(folder.resolve("asked"), TestTools.require("go/bin/go")));
    return "sh " + script;
  }

  private List<String> asked(String word) throws Exception {
    return Files.readAllLines(folder.resolve("asked")).stream()
        .filter(line -> line.startsWith(word))
        .toList();
  }

  @Test
  void listing_links_each_package_once_for_the_whole_run() throws Exception {
    file("go.mod", "module example.com/once\n\ngo 1.20\n");
    file("root_test.go", "package once\nimport \"testing\"\nfunc TestRoot(t *testing.T) {}\n");
    for (String directory : List.of("a/v1", "b/v1", "b/v1/v1")) {
      file(directory + "/v1.go", "package v1\n");
      file(
          directory + "/v1_test.go",
          """
          package v1
          import ("fmt"; "os"; "testing")
          func TestWhere(t *testing.T) { here, _ := os.Getwd(); fmt.Println("in " + here) }
          """);
    }
    file("without/code.go", "package without\n");
    file("broken/b_test.go", "package broken\nfunc x() { broken_here() }\n");
    file(
        "vetted/v_test.go",
        """
        package vetted
        import ("fmt"; "testing")
        func TestVet(t *testing.T) { fmt.Printf("%d", "x") }
        """);
    FrameworkRun run = run(Map.of("command", loggingGo()), Map.of());

    Discovery.Found found = (Discovery.Found) run.discover("");
    assertThat(found.errors())
        .extracting(Discovery.CollectionError::name)
        .containsExactlyInAnyOrder("example.com/once/broken", "example.com/once/vetted");
    run.build(found.tests(), true);
    BatchResult result = run.run(found.tests());

    assertThat(result.outcomes())
        .containsOnly(
            entry("example.com/once TestRoot", Outcome.PASSED),
            entry("example.com/once/a/v1 TestWhere", Outcome.PASSED),
            entry("example.com/once/b/v1 TestWhere", Outcome.PASSED),
            entry("example.com/once/b/v1/v1 TestWhere", Outcome.PASSED));
    assertThat(result.report("example.com/once/b/v1/v1 TestWhere").stdout())
        .isEqualTo("in " + folder.toRealPath().resolve("project/b/v1/v1"));
    assertThat(asked("test ")).hasSize(1);
  }

  @Test
  void groups_that_differ_in_names_are_listed_by_one_command() throws Exception {
    file("go.mod", "module example.com/groups\n\ngo 1.20\n");
    file(
        "a/a_test.go",
        """
        package a
        import ("fmt"; "os"; "testing")
        func TestMain(m *testing.M) { fmt.Println("listing TestMore"); os.Exit(m.Run()) }
        func TestUnit(t *testing.T) {}
        func TestSlow(t *testing.T) {}
        """);
    file("b/b_test.go", "package b\nimport \"testing\"\nfunc TestSlow(t *testing.T) {}\n");
    GoFramework framework =
        (GoFramework) new GoFactory().create(MapSettings.of(Map.of("command", loggingGo())));
    List<String> filters = List.of("-run ^TestSlow$", "-run 'Unit|$(id)'", "-run 'x{1}/sub'");
    List<DiscoveryRequest> requests =
        filters.stream()
            .map(words ->
                new DiscoveryRequest(words, words, folder.resolve("list").toString(), Map.of()))
            .toList();

    assertThat(requests.stream().map(framework::discoveryPass).distinct()).hasSize(1);
    FrameworkRun run = run(Map.of("command", loggingGo()), Map.of());
    List<Discovery> answers =
        framework.readDiscovery(requests, run.output(framework.discovery(requests)));
    assertThat(
            answers.stream()
                .map(answer ->
                    ((Discovery.Found) answer)
                        .tests().stream()
                            .map(test -> test.group() + ": " + test.id().value())
                            .toList()))
        .containsExactly(
            List.of(
                "-run ^TestSlow$: example.com/groups/a TestSlow",
                "-run ^TestSlow$: example.com/groups/b TestSlow"),
            List.of("-run 'Unit|$(id)': example.com/groups/a TestUnit"),
            List.of());
    assertThat(asked("test ")).hasSize(1);
  }

  @Test
  void what_no_listing_left_is_built_by_one_command() throws Exception {
    file("go.mod", "module example.com/later\n\ngo 1.20\n");
    for (String directory : List.of("a", "b", "c")) {
      file(
          directory + "/it_test.go",
          "package it\nimport \"testing\"\nfunc TestIt(t *testing.T) {}\n");
    }
    FrameworkRun listing = run(Map.of("command", loggingGo()), Map.of());
    List<TestCase> tests = listing.tests("");
    FrameworkRun run = run(Map.of("command", loggingGo()), Map.of());
    run.build(tests, true);

    assertThat(run.run(tests).outcomes()).hasSize(3).containsValue(Outcome.PASSED);
    assertThat(asked("test ")).hasSize(2);
  }

  @Test
  void who_has_programs_run_in_a_way_of_their_own_keeps_it() throws Exception {
    file("go.mod", "module example.com/exec\n\ngo 1.20\n");
    file(
        "a/a_test.go",
        """
        package a
        import ("fmt"; "os"; "testing")
        func TestIt(t *testing.T) { fmt.Println("way=" + os.Getenv("WAY")) }
        """);
    Path runner = folder.resolve("runner");
    Files.writeString(runner, "#!/bin/sh\nWAY=mine exec \"$@\"\n");
    assertThat(runner.toFile().setExecutable(true)).isTrue();
    FrameworkRun run = run(Map.of(), Map.of("GOFLAGS", "-exec=" + runner));

    List<TestCase> tests = run.tests("");
    run.build(tests, true);
    assertThat(run.run(tests).report("example.com/exec/a TestIt").stdout()).isEqualTo("way=mine");
  }
}
