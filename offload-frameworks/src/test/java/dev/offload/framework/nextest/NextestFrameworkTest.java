package dev.offload.framework.nextest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.BuildRequest;
import dev.offload.api.framework.BuildResult;
import dev.offload.api.framework.BuiltFiles;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.Resources;
import dev.offload.testkit.MapSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The adapter without nextest: what it starts, and what it makes of recorded answers.
class NextestFrameworkTest {
  private static TestFramework framework(Map<String, ?> settings) {
    MapSettings read = MapSettings.of(settings);
    TestFramework framework = new NextestFactory().create(read);
    assertThat(read.problems()).isEmpty();
    assertThat(read.unknownKeys()).isEmpty();
    return framework;
  }

  private static List<String> recorded(String name) {
    return Resources.text(NextestFrameworkTest.class, "/nextest-recorded/" + name).lines().toList();
  }

  private static Discovery read(String filters, int exit, List<String> frames, String stderr) {
    DiscoveryRequest request = new DiscoveryRequest("g", filters, "/f", Map.of());
    CommandOutput output = new CommandOutput(new Exit.Exited(exit), frames, "", stderr);
    return framework(Map.of()).readDiscovery(request, output);
  }

  private static List<String> list(String version) {
    List<String> frames = new ArrayList<>(List.of("#cargo-nextest " + version + " (abc 2026)"));
    recorded("nextest-" + version + "-list.json").forEach(line -> frames.add("=" + line));
    return frames;
  }

  private static List<TestCase> tests(String version) {
    return ((Discovery.Found) read("", 0, list(version), "")).tests();
  }

  private static ExecutionRequest request(List<TestCase> tests, BuiltFiles built) {
    return new ExecutionRequest(tests, "/f", Map.of(), false, Duration.ofMinutes(1), built);
  }

  private static AttemptReport report(Map<String, AttemptReport> reports, String test) {
    return Objects.requireNonNull(reports.get(test));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.9.143", "0.9.148"})
  void a_recorded_listing_names_binary_and_test(String version) {
    assertThat(tests(version).stream().map(test -> test.id().value()))
        .containsExactly(
            "recorded tests::dies",
            "recorded tests::does_not_panic",
            "recorded tests::errs",
            "recorded tests::fails",
            "recorded tests::passes",
            "recorded tests::same",
            "recorded::bin/recorded tests::same");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.9.143", "0.9.148"})
  void a_recorded_run_gives_each_test_its_outcome(String version) {
    List<TestCase> tests = tests(version);
    SignalDecoder decoder = framework(Map.of()).decoder(request(tests, BuiltFiles.NONE));
    Map<String, AttemptReport> reports = new LinkedHashMap<>();
    for (String line : recorded("nextest-" + version + "-run.jsonl")) {
      for (TestSignal signal : decoder.stdoutLine(line)) {
        if (signal instanceof TestSignal.Finished(int index, var report)) {
          assertThat(reports.put(tests.get(index).id().value(), report)).isNull();
        }
      }
    }

    assertThat(reports).hasSize(7);
    assertThat(report(reports, "recorded tests::dies").outcome()).isEqualTo(Outcome.CRASHED);
    assertThat(report(reports, "recorded tests::does_not_panic").message())
        .startsWith("note: test did not panic as expected");
    assertThat(report(reports, "recorded tests::errs").message()).isEqualTo("Error: \"no luck\"");
    assertThat(report(reports, "recorded tests::fails").message())
        .isEqualTo("assertion `left == right` failed: one is not two (src/lib.rs:7:9)");
    assertThat(report(reports, "recorded tests::passes").outcome()).isEqualTo(Outcome.PASSED);
    assertThat(report(reports, "recorded tests::same").outcome()).isEqualTo(Outcome.PASSED);
    assertThat(report(reports, "recorded::bin/recorded tests::same").message())
        .isEqualTo("the other (src/main.rs:7:9)");
  }

  @Test
  void names_that_are_not_escaped_and_tries_of_nextest_itself_are_understood() {
    List<TestCase> tests = tests("0.9.148").subList(4, 5);
    SignalDecoder decoder = framework(Map.of()).decoder(request(tests, BuiltFiles.NONE));
    String name = "recorded::recorded$tests::passes#3";

    List<TestSignal> said =
        decoder.stdoutLine(
            "{\"type\":\"test\",\"event\":\"ok\",\"name\":\"" + name + "\",\"exec_time\":0.5}");
    assertThat(said).hasSize(2);
    NextestEvent odd =
        NextestEvent.parse(
                "{\"type\":\"test\",\"event\":\"ok\",\"name\":\"c::b$a \"q\" \\ z\",\"exec_time\":1}")
            .orElseThrow();
    assertThat(odd.names()).first().isEqualTo("c::b$a \"q\" \\ z");
    assertThat(decoder.stdoutLine("{\"type\":\"suite\",\"event\":\"ok\"}")).isEmpty();
    assertThat(decoder.stdoutLine("{\"type\":\"test\",\"event\":\"ok\",\"name\":\"")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "',\"reason\":\"time limit exceeded\"', TIMED_OUT, ran longer than slow-timeout",
    "'', FAILED, nextest calls it failed",
    "',\"stdout\":\"\"', CRASHED, its process ended",
    "',\"stdout\":\"said\"', FAILED, said"
  })
  void what_fails_without_words_is_told_as_what_it_is(String more, Outcome outcome, String text) {
    List<TestCase> tests = tests("0.9.148").subList(4, 5);
    SignalDecoder decoder = framework(Map.of()).decoder(request(tests, BuiltFiles.NONE));

    TestSignal end =
        decoder
            .stdoutLine(
                "{\"type\":\"test\",\"event\":\"failed\",\"name\":\"recorded::recorded$tests::passes\",\"exec_time\":2.0"
                    + more
                    + "}")
            .getLast();

    AttemptReport report = ((TestSignal.Finished) end).report();
    assertThat(report.outcome()).isEqualTo(outcome);
    assertThat(report.message()).startsWith(text);
  }

  @Test
  void tests_of_one_name_run_in_starts_of_their_own() {
    Step step = framework(Map.of()).execution(request(tests("0.9.148"), BuiltFiles.NONE));

    String script = step.command().argv().getLast();
    assertThat(script.lines().filter(line -> line.startsWith("nextest run"))).hasSize(2);
    assertThat(script)
        .contains("(binary_id(=recorded::bin\\u{2f}recorded) & (test(=tests::same)))");
  }

  @Test
  void what_was_built_is_used_and_nothing_is_compiled_then() {
    TestFramework framework =
        framework(Map.of("package", "recorded", "features", List.of("a", "b")));
    List<TestCase> tests = tests("0.9.148");
    for (boolean shared : List.of(true, false)) {
      BuildRequest request = new BuildRequest(tests, "/here", shared, Map.of());
      String script = framework.build(request).orElseThrow().command().argv().getLast();
      assertThat(script).contains("--package recorded --features a,b");
      BuildResult.Built built =
          (BuildResult.Built)
              framework.readBuild(
                  request, new CommandOutput(new Exit.Exited(0), List.of(), "", ""));
      Step step =
          framework.execution(request(tests, new BuiltFiles("/there", Set.copyOf(built.files()))));
      assertThat(step.builtFiles()).containsAll(built.files());
      assertThat(step.command().argv().getLast())
          .contains("--binaries-metadata", "/there/")
          .doesNotContain("--features");
    }
  }

  @Test
  void options_of_a_group_decide_about_build_and_execution() {
    List<String> frames = list("0.9.148");
    String filters = "--features slow -P ci --run-ignored=only -E 'test(x)' -- name";
    List<TestCase> tests = ((Discovery.Found) read(filters, 0, frames, "")).tests();

    String script =
        framework(Map.of())
            .execution(request(tests.subList(0, 1), BuiltFiles.NONE))
            .command()
            .argv()
            .getLast();

    assertThat(script)
        .contains("--features slow -P ci --run-ignored=only --no-fail-fast -E")
        .doesNotContain("test(x)");
  }

  @Test
  void what_cannot_be_listed_is_explained() {
    List<String> version = List.of("#cargo-nextest 0.9.148 (abc 2026)");
    String text =
        """
        error[E0425]: cannot find function `x`
        error: could not compile `shop` (test "cart") due to 1 previous error
        """;
    Discovery.Found broken = (Discovery.Found) read("", 101, version, text);
    assertThat(broken.errors().getFirst().name()).isEqualTo("shop");
    assertThat(broken.errors().getFirst().message()).contains("E0425");
    String harness =
        "error: creating test list failed\n\nCaused by:\n  for `shop::h`, line \"hi\"\n";
    Discovery.Found odd = (Discovery.Found) read("", 104, version, harness);
    assertThat(odd.errors().getFirst().message())
        .isEqualTo("nextest could not list the tests of a binary: for `shop::h`, line \"hi\"");
    assertThat(((Discovery.Failed) read("", 101, List.of(), "no such command")).message())
        .contains("cargo install --locked cargo-nextest");
    List<String> old = List.of("#cargo-nextest 0.9.50");
    assertThat(((Discovery.Failed) read("", 0, old, "")).message())
        .contains("0.9.70 or newer is needed");
    assertThat(((Discovery.Failed) read("-E '('", 94, version, "bad filter")).details())
        .isEqualTo("bad filter");
  }

  @Test
  void twenty_thousand_tests_are_listed() {
    StringBuilder list = new StringBuilder("{\"rust-suites\":{\"big\":{\"package-name\":\"big\",");
    list.append("\"binary-name\":\"big\",\"testcases\":{");
    list.append(
        String.join(
            ",",
            IntStream.range(0, 20_000)
                .mapToObj(i -> "\"t" + i + "\":{\"filter-match\":{\"status\":\"matches\"}}")
                .toList()));
    list.append("}}}}");

    Discovery.Found found = (Discovery.Found) read("", 0, List.of("=" + list), "");

    assertThat(found.tests()).hasSize(20_000);
  }

  @Test
  void names_are_taken_literally_by_the_filter() {
    assertThat(
            Stream.of("a::b", "x y", "(", "\\", "\u00fc", "\n", "\ud83c\udf89")
                .map(NextestSelector::literal))
        .containsExactly("a::b", "x\\u{20}y", "(", "\\u{5c}", "\u00fc", "\\u{a}", "\\u{1f389}");
  }
}
