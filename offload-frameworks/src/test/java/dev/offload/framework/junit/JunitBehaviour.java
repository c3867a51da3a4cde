package dev.offload.framework.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.testkit.BatchResult;
import dev.offload.testkit.FrameworkRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What the adapter makes of everything that JUnit can do, the same for each version. The project
/// is compiled once.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JunitBehaviour {
  private static final String IMPORTS =
      """
      package demo;
      import static org.junit.jupiter.api.Assertions.*;
      import java.util.*;
      import java.util.stream.*;
      import org.junit.jupiter.api.*;
      import org.junit.jupiter.params.*;
      import org.junit.jupiter.params.provider.*;
      """;

  private Discovery.Found found = new Discovery.Found(List.of(), List.of(), List.of());

  @SuppressWarnings("NullAway.Init")
  private FrameworkRun adapter;

  /// Return the dependencies of the project.
  abstract String dependencies();

  /// Add what only this version has.
  abstract void addMore(MavenProject project) throws Exception;

  /// Return what is left of the group that the version in question has.
  abstract Map<String, Outcome> more();

  @BeforeAll
  void compile(@TempDir Path folder) throws Exception {
    Path place = Files.createDirectory(folder.resolve("project"));
    MavenProject project = new MavenProject(place).pom(dependencies());
    project
        .test(
            "demo.ManyTest",
            IMPORTS
                + """
                class ManyTest {
                  @ParameterizedTest(name = "{0}, and {1}")
                  @CsvSource({"1, 1", "2, 3", "4, 4", "5, 6"})
                  void pairs(int one, int other) { assertEquals(one, other); }
                  @ParameterizedTest @ValueSource(strings = {"a, b", " c ", "d"})
                  void words(String word) { System.out.println("word " + word); }
                  @TestFactory Stream<DynamicTest> dynamic() {
                    return Stream.of(1, 2).map(n -> DynamicTest.dynamicTest("n " + n, () -> {}));
                  }
                  @TestFactory List<DynamicNode> tree() {
                    return List.of(DynamicContainer.dynamicContainer("inside", List.of(
                        DynamicTest.dynamicTest("bad leaf", () -> fail("leaf")))));
                  }
                  @RepeatedTest(3) void repeated(RepetitionInfo info) {
                    Assumptions.assumeTrue(info.getCurrentRepetition() > 1);
                  }
                  @Test @Disabled("not now") void disabled() {}
                  @Test void plain(TestInfo info) {}
                  @Test void thrown() { throw new IllegalStateException("on\\nlines"); }
                }
                """)
        .test(
            "demo.AfterAllTest",
            IMPORTS
                + """
                class AfterAllTest {
                  @AfterAll static void after() { throw new IllegalStateException("a leak"); }
                  @Test void first() {}
                  @Test void second() {}
                }
                """)
        .test(
            "demo.BeforeAllTest",
            IMPORTS
                + """
                class BeforeAllTest {
                  @BeforeAll static void before() { throw new IllegalStateException("no base"); }
                  @Test void first() {}
                  @Nested class Inside { @Test void second() {} }
                }
                """)
        .test(
            "demo.DisabledTest",
            IMPORTS + "@Disabled(\"all of it\") class DisabledTest { @Test void one() {} }\n")
        .test("demo.NotListed", IMPORTS + "class NotListed { @Test void one() {} }\n")
        .test("demo.HelperTest", "package demo;\nclass HelperTest { static int x; }\n")
        .test(
            "demo.TaggedTest",
            IMPORTS + "class TaggedTest { @Test @Tag(\"quick\") void quick() {} }\n")
        .test(
            "demo.SlowOutputTest",
            IMPORTS
                + """
                class SlowOutputTest {
                  @Test void loud() {
                    System.err.println("to stderr");
                    for (int i = 0; i < 40_000; i++) System.out.println("line " + i);
                  }
                  @Test void strange() { System.out.print("\\ud83d \\u0000 \\ud83d\\ude00"); }
                }
                """)
        .file("src/test/resources/junit-platform.properties", parallel());
    addMore(project);
    adapter =
        new FrameworkRun(
            recorded(MavenProject.framework(Map.of())),
            place,
            folder.resolve("commands"),
            Map.of());
    Files.createDirectory(folder.resolve("commands"));
    Discovery discovery = adapter.discover("");
    assertThat(discovery).isInstanceOf(Discovery.Found.class);
    found = (Discovery.Found) discovery;
    assertThat(found.errors()).isEmpty();
    adapter.build(found.tests(), true);
  }

  /// With `OFFLOAD_RECORD`, keep what the runner says for `JunitRecordedTest`; see `record.sh`
  /// there.
  private TestFramework recorded(JunitFramework framework) {
    String place = System.getenv("OFFLOAD_RECORD");
    return place == null
        ? framework
        : new JunitRecording(framework, Path.of(place), getClass().getSimpleName());
  }

  private static String parallel() {
    return """
    junit.jupiter.execution.parallel.enabled=true
    junit.jupiter.execution.parallel.mode.default=concurrent
    junit.jupiter.execution.parallel.config.strategy=fixed
    junit.jupiter.execution.parallel.config.fixed.parallelism=3
    """;
  }

  @Test
  void every_test_ends_as_junit_has_it_also_side_by_side() throws Exception {
    BatchResult result = adapter.run(found.tests());
    String many = "demo.ManyTest#";
    assertThat(result.outcomes())
        .containsAllEntriesOf(more())
        .contains(
            entry(many + "pairs(int, int)", Outcome.FAILED),
            entry(many + "words(java.lang.String)", Outcome.PASSED),
            entry(many + "dynamic", Outcome.PASSED),
            entry(many + "tree", Outcome.FAILED),
            entry(many + "repeated(org.junit.jupiter.api.RepetitionInfo)", Outcome.PASSED),
            entry(many + "disabled", Outcome.SKIPPED),
            entry(many + "plain(org.junit.jupiter.api.TestInfo)", Outcome.PASSED),
            entry(many + "thrown", Outcome.FAILED),
            entry("demo.BeforeAllTest#first", Outcome.ERRORED),
            entry("demo.BeforeAllTest$Inside#second", Outcome.ERRORED),
            entry("demo.DisabledTest#one", Outcome.SKIPPED),
            entry("demo.TaggedTest#quick", Outcome.PASSED),
            entry("demo.SlowOutputTest#loud", Outcome.PASSED),
            entry("demo.SlowOutputTest#strange", Outcome.PASSED))
        .hasSize(found.tests().size())
        .hasSize(16 + more().size());
    assertThat(result.report(many + "pairs(int, int)").message())
        .matches("\"?[25]\"?, and \"?[36]\"?: AssertionFailedError: expected: <.> but was: <.>");
    assertThat(result.report(many + "pairs(int, int)").details())
        .contains("expected: <2> but was: <3>", "expected: <5> but was: <6>");
    assertThat(result.report(many + "tree").message())
        .isEqualTo("bad leaf: AssertionFailedError: leaf");
    assertThat(result.report(many + "disabled").message()).isEqualTo("not now");
    assertThat(result.report("demo.DisabledTest#one").message()).isEqualTo("all of it");
    assertThat(result.report(many + "thrown").message()).isEqualTo("IllegalStateException: on");
    assertThat(result.report(many + "words(java.lang.String)").stdout())
        .contains("word a, b\n", "word  c \n");
    assertThat(result.report("demo.BeforeAllTest#first").message())
        .isEqualTo("IllegalStateException: no base");
    assertThat(result.report("demo.SlowOutputTest#loud").stdout())
        .startsWith("line 0\n")
        .contains("bytes left out")
        .endsWith("line 39999\n");
    assertThat(result.report("demo.SlowOutputTest#loud").stderr()).isEqualTo("to stderr\n");
    assertThat(result.report("demo.SlowOutputTest#strange").stdout()).endsWith("\ud83d\ude00");
  }

  @Test
  void what_fails_after_the_last_test_of_a_class_makes_it_red() throws Exception {
    List<TestCase> two = named("demo.AfterAllTest#first", "demo.AfterAllTest#second");
    BatchResult result = adapter.run(two);
    assertThat(result.outcomes().values())
        .containsExactlyInAnyOrder(Outcome.PASSED, Outcome.ERRORED);
    assertThat(result.reports().values())
        .anyMatch(report ->
            report.message().equals("after its last test: IllegalStateException: a leak"));
  }

  @Test
  void a_method_of_a_class_runs_without_the_others() throws Exception {
    BatchResult result = adapter.run(named("demo.ManyTest#plain(org.junit.jupiter.api.TestInfo)"));
    assertThat(result.outcomes().values()).containsExactly(Outcome.PASSED);
    assertThat(result.stdout()).doesNotContain("word");
  }

  @Test
  void tags_and_names_choose() throws Exception {
    Discovery.Found quick = (Discovery.Found) adapter.discover("-t quick");
    assertThat(quick.tests())
        .extracting(test -> test.id().value())
        .containsExactly("demo.TaggedTest#quick");
    Discovery.Found named = (Discovery.Found) adapter.discover("-n '.*NotListed'");
    assertThat(named.tests())
        .extracting(test -> test.id().value())
        .containsExactly("demo.NotListed#one");
  }

  @Test
  void a_test_that_is_not_there_is_told_of_and_the_others_run() throws Exception {
    TestCase known = named("demo.TaggedTest#quick").getFirst();
    TestCase unknown =
        new TestCase(new TestId("gone"), "g", "", 0, known.selector().replace("quick", "gone"));
    BatchResult result = adapter.run(List.of(unknown, known));
    assertThat(result.outcomes())
        .as("%s", result.reports())
        .containsOnly(entry("demo.TaggedTest#quick", Outcome.PASSED));
    assertThat(result.diagnoses()).contains("JUnit does not know 1 of the tests");
  }

  /// Run some tests in one batch.
  BatchResult run(String... ids) throws Exception {
    return adapter.run(named(ids));
  }

  private List<TestCase> named(String... ids) {
    List<String> wanted = List.of(ids);
    return found.tests().stream().filter(test -> wanted.contains(test.id().value())).toList();
  }
}
