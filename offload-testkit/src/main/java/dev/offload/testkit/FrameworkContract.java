package dev.offload.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Check a framework's adapter, with the real tool, against the contract of [TestFramework].
///
/// Extend it, write the tests of [ModelTest] as a project of your framework in [#writeProject], and
/// say in [#id] how each is called. The project is written, listed and built once for all tests of
/// the class.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class FrameworkContract {
  private static final Duration SEEN_RUNNING = Duration.ofMillis(300);

  private final Map<String, TestCase> found = new LinkedHashMap<>();
  private Path folder = Path.of("");
  private Path project = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private FrameworkRun adapter;

  /// Return the adapter for the project.
  protected abstract TestFramework framework(Path project) throws Exception;

  /// Write the project.
  protected abstract void writeProject(Path project) throws Exception;

  /// Return the id of a test of the model.
  protected abstract String id(ModelTest test);

  /// Return the tests of the model that the framework has no way to write.
  protected Set<ModelTest> absent() {
    return EnumSet.noneOf(ModelTest.class);
  }

  /// Return the filters with which all of the model is listed.
  protected String filters() {
    return "";
  }

  /// Add a file that cannot be collected or compiled, whose error text holds `broken_here`.
  protected abstract void breakOneFile(Path project) throws Exception;

  /// Return whether the tests of other files are listed although one file is broken.
  protected boolean survivesBrokenFile() {
    return true;
  }

  /// Return the adapter as configured where its tool is not installed.
  protected abstract TestFramework withoutTool(Path project) throws Exception;

  /// A tool that is too old for the adapter.
  ///
  /// @param framework the adapter, configured with it
  /// @param version what the message has to hold: the version that was found
  public record OldTool(TestFramework framework, String version) {}

  /// Return a tool that is too old, or something that answers like one; nothing where every version
  /// will do.
  ///
  /// @param folder where it may be written
  protected Optional<OldTool> oldTool(Path folder) throws Exception {
    return Optional.empty();
  }

  /// Return whether one broken file is told apart from a listing that failed.
  protected boolean tellsBrokenFiles() {
    return true;
  }

  /// Return whether the outcome, and not only the output, tells why a test was left out.
  protected boolean tellsSkipReasons() {
    return true;
  }

  /// Return whether a test's own output is told with its result.
  protected boolean tellsOutput() {
    return true;
  }

  /// Return variables for all commands.
  protected Map<String, String> env() {
    return Map.of();
  }

  @BeforeAll
  void write(@TempDir Path temporary) throws Exception {
    folder = temporary;
    project = Files.createDirectory(folder.resolve("project"));
    writeProject(project);
    adapter = run(project);
    for (TestCase test : adapter.tests(filters())) {
      assertThat(found.put(test.id().value(), test)).as("a second %s", test.id()).isNull();
    }
    adapter.build(List.copyOf(found.values()), true);
  }

  @BeforeEach
  void forget() throws IOException {
    Files.deleteIfExists(log());
  }

  private Path log() {
    return folder.resolve("log");
  }

  private FrameworkRun run(Path where) throws Exception {
    Map<String, String> env = new HashMap<>(env());
    env.put("MODEL_LOG", log().toString());
    return new FrameworkRun(framework(where), where, Files.createTempDirectory(folder, "run"), env);
  }

  private boolean has(ModelTest test) {
    return !absent().contains(test);
  }

  private List<TestCase> cases(ModelTest... tests) {
    List<TestCase> cases = new ArrayList<>();
    for (ModelTest test : tests) {
      if (has(test)) {
        TestCase known = found.get(id(test));
        assertThat(known).as("%s, listed as '%s'", test, id(test)).isNotNull();
        cases.add(known);
      }
    }
    return cases;
  }

  private List<String> ran() throws IOException {
    return Files.exists(log()) ? Files.readAllLines(log()).stream().sorted().toList() : List.of();
  }

  private List<String> names(ModelTest... tests) {
    return List.of(tests).stream().filter(this::has).map(Enum::name).sorted().toList();
  }

  @Test
  void the_model_is_listed_and_nothing_else() {
    List<String> expected = new ArrayList<>();
    for (ModelTest test : ModelTest.values()) {
      if (has(test)) {
        expected.add(id(test));
      }
    }
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void listing_again_gives_the_same_tests_in_the_same_order() throws Exception {
    assertThat(run(project).tests(filters())).containsExactlyElementsOf(found.values());
  }

  @Test
  void each_test_ends_as_the_model_says() throws Exception {
    ModelTest[] all =
        EnumSet.complementOf(EnumSet.of(ModelTest.CRASHES, ModelTest.FLAKY))
            .toArray(ModelTest[]::new);
    BatchResult result = adapter.run(cases(all));

    Map<ModelTest, Outcome> outcomes = new EnumMap<>(ModelTest.class);
    for (ModelTest test : all) {
      if (has(test)) {
        assertThat(result.report(id(test)).outcome())
            .as("%s: %s", test, result.report(id(test)))
            .matches(test::allows);
        outcomes.put(test, result.report(id(test)).outcome());
      }
    }
    assertThat(result.outcomes()).hasSameSizeAs(outcomes);
    assertThat(finished(result)).doesNotHaveDuplicates().hasSameSizeAs(outcomes.keySet());
    assertThat(ran()).doesNotHaveDuplicates();
  }

  private static List<Integer> finished(BatchResult result) {
    List<Integer> finished = new ArrayList<>();
    Set<Integer> begun = new HashSet<>();
    for (BatchResult.Heard heard : result.heard()) {
      if (heard.signal() instanceof TestSignal.Started(int index)) {
        begun.add(index);
      } else if (heard.signal() instanceof TestSignal.Finished(int index, var _)) {
        assertThat(begun).as("the end of a test comes after its beginning").contains(index);
        finished.add(index);
      }
    }
    return finished;
  }

  @Test
  void exactly_the_requested_tests_run() throws Exception {
    for (ModelTest test :
        List.of(ModelTest.STRANGE_NAME, ModelTest.SAME_NAME_PASSES, ModelTest.NESTED)) {
      if (has(test)) {
        forget();
        BatchResult result = adapter.run(cases(test));
        assertThat(result.outcomes()).containsOnly(Map.entry(id(test), Outcome.PASSED));
        assertThat(ran()).containsExactly(test.name());
      }
    }
  }

  @Test
  void tests_of_several_files_run_in_one_batch() throws Exception {
    ModelTest[] some = {ModelTest.NESTED, ModelTest.PASSES, ModelTest.SAME_NAME_FAILS};
    BatchResult result = adapter.run(cases(some));

    assertThat(result.outcomes()).hasSize(cases(some).size());
    assertThat(ran()).containsExactlyElementsOf(names(some));
  }

  @Test
  void what_was_built_serves_a_sandbox_that_does_not_share_files() throws Exception {
    FrameworkRun run = run(project);
    if (run.build(List.copyOf(found.values()), false)) {
      BatchResult result = run.run(cases(ModelTest.PASSES));
      assertThat(result.outcomes()).containsOnly(Map.entry(id(ModelTest.PASSES), Outcome.PASSED));
      assertThat(ran()).containsExactly(ModelTest.PASSES.name());
    }
  }

  @Test
  void tests_run_also_where_nothing_was_built() throws Exception {
    BatchResult result = run(project).run(cases(ModelTest.PASSES));

    assertThat(result.outcomes()).containsOnly(Map.entry(id(ModelTest.PASSES), Outcome.PASSED));
  }

  @Test
  void a_failure_tells_its_cause() throws Exception {
    BatchResult result = adapter.run(cases(ModelTest.FAILS, ModelTest.SET_UP_FAILS));

    assertThat(result.report(id(ModelTest.FAILS)).message()).contains("the model fails here");
    assertThat(result.report(id(ModelTest.FAILS)).details()).contains("the model fails here");
    if (has(ModelTest.SET_UP_FAILS)) {
      assertThat(result.report(id(ModelTest.SET_UP_FAILS)).details())
          .contains("the model has no set-up");
    }
  }

  @Test
  void a_skipped_test_tells_its_reason() throws Exception {
    if (has(ModelTest.SKIPPED) && tellsSkipReasons()) {
      BatchResult result = adapter.run(cases(ModelTest.SKIPPED));
      assertThat(result.report(id(ModelTest.SKIPPED)).message()).contains("not on this model");
    }
  }

  @Test
  void output_belongs_to_its_test_and_tests_do_not_see_the_token() throws Exception {
    BatchResult result = adapter.run(cases(ModelTest.NESTED, ModelTest.PASSES));

    if (tellsOutput()) {
      assertThat(result.report(id(ModelTest.PASSES)).stdout())
          .contains("model output")
          .contains("token=[]");
      assertThat(result.report(id(ModelTest.NESTED)).stdout()).doesNotContain("model output");
    }
    assertThat(result.stdout()).doesNotContain("token=[t");
  }

  @Test
  void beginnings_and_ends_are_told_as_they_happen() throws Exception {
    BatchResult result = adapter.run(cases(ModelTest.SLOW));

    Duration begun = Duration.ZERO;
    Duration ended = Duration.ZERO;
    for (BatchResult.Heard heard : result.heard()) {
      begun = heard.signal() instanceof TestSignal.Started ? heard.after() : begun;
      ended = heard.signal() instanceof TestSignal.Finished ? heard.after() : ended;
    }
    assertThat(ended.minus(begun)).isGreaterThan(SEEN_RUNNING);
    assertThat(result.report(id(ModelTest.SLOW)).duration()).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void the_end_of_the_process_is_blamed_on_the_test_that_ran() throws Exception {
    ModelTest[] some = {ModelTest.PASSES, ModelTest.CRASHES, ModelTest.NESTED, ModelTest.SLOW};
    List<TestCase> waiting = new ArrayList<>(cases(some));
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    // What a crash left unsaid runs again.
    while (!waiting.isEmpty()) {
      Map<String, Outcome> news = adapter.run(waiting).outcomes();
      assertThat(news).as("results of %s", waiting).isNotEmpty();
      outcomes.putAll(news);
      waiting.removeIf(test -> news.containsKey(test.id().value()));
    }

    for (ModelTest test : some) {
      if (has(test)) {
        assertThat(outcomes).containsEntry(id(test), test.outcome());
      }
    }
  }

  @Test
  void a_flaky_test_passes_when_it_runs_again() throws Exception {
    if (has(ModelTest.FLAKY)) {
      Files.deleteIfExists(project.resolve("model-flaky"));
      assertThat(adapter.run(cases(ModelTest.FLAKY)).report(id(ModelTest.FLAKY)).outcome())
          .isEqualTo(Outcome.FAILED);
      assertThat(adapter.run(cases(ModelTest.FLAKY)).report(id(ModelTest.FLAKY)).outcome())
          .isEqualTo(Outcome.PASSED);
    }
  }

  @Test
  void with_fail_fast_the_failure_is_told() throws Exception {
    BatchResult result = adapter.run(cases(ModelTest.FAILS, ModelTest.NESTED), true);

    assertThat(result.outcomes()).containsEntry(id(ModelTest.FAILS), Outcome.FAILED);
    assertThat(result.outcomes().getOrDefault(id(ModelTest.NESTED), Outcome.PASSED))
        .isEqualTo(Outcome.PASSED);
  }

  @Test
  void a_process_that_is_kept_says_of_many_batches_what_others_say() throws Exception {
    ModelTest[][] batches = {
      {ModelTest.NESTED, ModelTest.FAILS, ModelTest.SKIPPED},
      {ModelTest.PASSES},
      {ModelTest.SET_UP_FAILS, ModelTest.SAME_NAME_FAILS},
      {ModelTest.CRASHES},
      {ModelTest.SAME_NAME_PASSES, ModelTest.STRANGE_NAME, ModelTest.IMITATES},
    };
    if (!adapter.keepsProcesses(cases(ModelTest.PASSES))) {
      return;
    }
    List<ModelTest> all = Stream.of(batches).flatMap(Stream::of).toList();
    ModelTest[] quiet =
        all.stream().filter(test -> test != ModelTest.CRASHES).toArray(ModelTest[]::new);
    List<String> expected = new ArrayList<>(messages(adapter.run(cases(quiet))));
    List<String> begun = ran();
    List<String> heard = new ArrayList<>();
    for (ModelTest[] batch : batches) {
      forget();
      BatchResult warm = adapter.runWarm(cases(batch), false);

      if (List.of(batch).contains(ModelTest.CRASHES)) {
        assertThat(warm.report(id(ModelTest.CRASHES)).outcome())
            .isEqualTo(ModelTest.CRASHES.outcome());
        continue;
      }
      assertThat(ran())
          .containsExactlyElementsOf(names(batch).stream().filter(begun::contains).toList());
      assertThat(finished(warm)).hasSameSizeAs(cases(batch));
      assertThat(warm.exit().isSuccess())
          .isEqualTo(warm.outcomes().values().stream().noneMatch(Outcome::isFailure));
      if (List.of(batch).contains(ModelTest.PASSES) && tellsOutput()) {
        assertThat(warm.report(id(ModelTest.PASSES)).stdout()).contains("token=[]");
      }
      heard.addAll(messages(warm));
    }
    assertThat(heard).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(adapter.stopWarm()).isEmpty();
  }

  private static List<String> messages(BatchResult result) {
    List<String> messages = new ArrayList<>();
    result
        .reports()
        .forEach(
            (id, report) -> messages.add(id + ": " + report.outcome() + " " + report.message()));
    return messages;
  }

  @Test
  void a_broken_file_is_an_error_with_its_text() throws Exception {
    Path broken = Files.createDirectory(folder.resolve("broken"));
    writeProject(broken);
    breakOneFile(broken);

    Discovery discovery = run(broken).discover(filters());

    if (!tellsBrokenFiles()) {
      assertThat(discovery).isInstanceOf(Discovery.Failed.class);
      assertThat(((Discovery.Failed) discovery).details()).contains("broken_here");
      return;
    }
    assertThat(discovery).isInstanceOf(Discovery.Found.class);
    Discovery.Found listed = (Discovery.Found) discovery;
    assertThat(listed.errors()).isNotEmpty();
    assertThat(listed.errors().getFirst().message()).isNotBlank();
    assertThat(listed.errors())
        .anySatisfy(error -> assertThat(error.details()).contains("broken_here"));
    if (survivesBrokenFile()) {
      assertThat(listed.tests().stream().map(test -> test.id().value()))
          .contains(id(ModelTest.PASSES));
    }
  }

  @Test
  void a_missing_tool_is_named() throws Exception {
    Path place = Files.createTempDirectory(folder, "run");
    Discovery discovery =
        new FrameworkRun(withoutTool(project), project, place, env()).discover(filters());

    assertThat(discovery).isInstanceOf(Discovery.Failed.class);
    assertThat(((Discovery.Failed) discovery).message()).containsIgnoringCase("install");
  }

  @Test
  void a_tool_that_is_too_old_is_named_with_its_version() throws Exception {
    Optional<OldTool> old = oldTool(Files.createDirectory(folder.resolve("old-tool")));
    if (old.isPresent()) {
      Path place = Files.createTempDirectory(folder, "run");
      Discovery discovery =
          new FrameworkRun(old.get().framework(), project, place, env()).discover(filters());

      assertThat(discovery).isInstanceOf(Discovery.Failed.class);
      assertThat(((Discovery.Failed) discovery).message())
          .contains("or newer", "needed", old.get().version())
          .containsIgnoringCase("install");
    }
  }
}
