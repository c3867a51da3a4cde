package dev.offload.framework.gotest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.testkit.BatchResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the adapter makes of output that was recorded.
class GoRecordedTest {
  private static final String PKG = "example.com/fix/calc";

  private static List<String> recorded(String name) throws IOException {
    try (InputStream in = GoRecordedTest.class.getResourceAsStream("/go-recorded/" + name)) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static BatchResult decode(List<String> lines, int exit, String... names) {
    List<TestCase> tests =
        Stream.of(names)
            .map(name ->
                new TestCase(
                    new TestId(name),
                    "g",
                    PKG,
                    0,
                    new GoTestName(PKG, "", name, 1, List.of()).selector()))
            .toList();
    GoDecoder decoder = new GoDecoder(tests);
    List<BatchResult.Heard> heard = new ArrayList<>();
    Consumer<List<TestSignal>> said =
        signals ->
            signals.forEach(signal -> heard.add(new BatchResult.Heard(signal, Duration.ZERO)));
    lines.forEach(line -> said.accept(decoder.stdoutLine(line)));
    Exit end = new Exit.Exited(exit);
    said.accept(decoder.end(new CommandEnd(end, false, Map.of(), "")));
    return new BatchResult(tests, heard, end, "", "");
  }

  private static String event(String action, String test, String output) {
    return "{\"Action\":\"%s\",\"Package\":\"%s\"%s%s}"
        .formatted(
            action,
            PKG,
            test.isEmpty() ? "" : ",\"Test\":\"" + test + "\"",
            output.isEmpty() ? "" : ",\"Output\":\"" + output + "\\n\"");
  }

  /// Return the events of a package whose program prints these lines when it lists its tests.
  private static List<String> listing(String... lines) {
    List<String> events = new ArrayList<>(List.of(event("start", "", "")));
    for (String line : lines) {
      events.add(event("output", "", line));
    }
    events.add(event("pass", "", ""));
    return events;
  }

  private static List<String> names(Discovery.Found found) {
    return found.tests().stream().map(test -> GoTestName.of(test).name()).toList();
  }

  private static Discovery.Found list(List<String> lines, String stderr) {
    return list(lines, stderr, "");
  }

  private static Discovery.Found list(List<String> lines, String stderr, String filters) {
    List<String> frames = lines.stream().map(line -> "=" + line).toList();
    GoOptions options = new GoOptions(List.of("go"), List.of("./..."), List.of(), List.of());
    return (Discovery.Found)
        new GoDiscovery(List.of(new DiscoveryRequest("g", filters, "/f", Map.of())), options)
            .read(new CommandOutput(new Exit.Exited(1), frames, "", stderr))
            .getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"go-1.23", "go-1.26"})
  void tests_examples_and_fuzz_seeds_are_listed_and_a_broken_package_is_an_error(String version)
      throws IOException {
    // Up to 1.23 the words of the compiler come on standard error.
    boolean isOld = version.equals("go-1.23");
    String stderr = isOld ? String.join("\n", recorded("go-1.23-list.err")) : "";
    Discovery.Found found = list(recorded(version + "-list.jsonl"), stderr);

    assertThat(found.tests().stream().map(test -> test.id().value()))
        .startsWith(PKG + " TestPass", PKG + " TestFail")
        .contains(
            PKG + " TestÜmlaut",
            PKG + " FuzzAdd",
            PKG + " ExampleAdd_bad",
            "example.com/fix/ext TestExt",
            "example.com/fix/other TestPass")
        .doesNotContain(PKG + " BenchmarkX", PKG + " main says hello")
        .doesNotHaveDuplicates();
    assertThat(found.errors()).hasSize(1);
    assertThat(found.errors().getFirst().name()).isEqualTo("example.com/fix/broken");
    assertThat(found.errors().getFirst().message())
        .isEqualTo("the package cannot be built: broken/broken_test.go:5:32: undefined: undefined");
  }

  @ParameterizedTest
  @ValueSource(strings = {"go-1.23", "go-1.26"})
  void a_program_that_was_built_before_tells_the_same(String version) throws IOException {
    BatchResult outcome =
        decode(recorded(version + "-program.jsonl"), 1, "TestPass", "TestExit", "TestSlow");

    assertThat(outcome.outcomes())
        .containsOnly(
            Map.entry("TestPass", Outcome.PASSED), Map.entry("TestExit", Outcome.CRASHED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"go-1.23", "go-1.26"})
  void a_batch_ends_as_plain_go_says(String version) throws IOException {
    BatchResult outcome =
        decode(
            recorded(version + "-run.jsonl"),
            1,
            "TestPass",
            "TestFail",
            "TestSkip",
            "TestPar",
            "TestPanic",
            "TestSlow");

    assertThat(outcome.outcomes())
        .containsOnly(
            Map.entry("TestPass", Outcome.PASSED),
            Map.entry("TestFail", Outcome.FAILED),
            Map.entry("TestSkip", Outcome.SKIPPED),
            Map.entry("TestPar", Outcome.FAILED),
            Map.entry("TestPanic", Outcome.FAILED));
    assertThat(outcome.report("TestPass").stdout())
        .isEqualTo("    calc_test.go:11: logged\nprinted");
    assertThat(outcome.report("TestFail").message()).isEqualTo("calc_test.go:12: 1 is not 2");
    assertThat(outcome.report("TestSkip").message()).isEqualTo("calc_test.go:13: no network");
    assertThat(outcome.report("TestPanic").message())
        .startsWith("panic: assignment to entry in nil map");
    assertThat(outcome.report("TestPar").details()).contains("TestPar/c/d", "sub bad");
  }

  @Test
  void a_process_that_exits_in_a_test_is_held_against_it() {
    BatchResult outcome =
        decode(
            List.of(
                event("run", "TestA", ""),
                event("pass", "TestA", ""),
                event("run", "TestB", ""),
                event("output", "", "FAIL\\t" + PKG),
                event("fail", "", "")),
            1,
            "TestA",
            "TestB",
            "TestC");

    assertThat(outcome.outcomes())
        .containsOnly(Map.entry("TestA", Outcome.PASSED), Map.entry("TestB", Outcome.CRASHED));
  }

  @Test
  void a_package_that_fails_after_its_tests_passed_is_red() {
    BatchResult outcome =
        decode(
            List.of(
                event("run", "TestA", ""),
                event("pass", "TestA", ""),
                event("run", "TestB", ""),
                event("pass", "TestB", ""),
                event("output", "", "found a leak"),
                event("fail", "", "")),
            1,
            "TestA",
            "TestB");

    assertThat(outcome.outcomes())
        .containsOnly(Map.entry("TestA", Outcome.PASSED), Map.entry("TestB", Outcome.ERRORED));
    assertThat(outcome.report("TestB").details()).contains("found a leak");
  }

  @Test
  void a_build_that_fails_is_the_failure_of_each_test() {
    BatchResult outcome =
        decode(
            List.of(
                "{\"ImportPath\":\"p [p.test]\",\"Action\":\"build-output\",\"Output\":\"a.go:1: bad\\n\"}",
                event("start", "", ""),
                "{\"Action\":\"fail\",\"Package\":\"" + PKG + "\",\"FailedBuild\":\"p [p.test]\"}"),
            1,
            "TestA",
            "TestB");

    assertThat(outcome.outcomes())
        .containsOnly(Map.entry("TestA", Outcome.ERRORED), Map.entry("TestB", Outcome.ERRORED));
    assertThat(outcome.report("TestA").details()).isEqualTo("a.go:1: bad");
  }

  @Test
  void filters_choose_names_packages_and_flags() {
    assertThat(GoFilters.parse("-run '^TestA/sub' -tags it ./a/... -short"))
        .isEqualTo(new GoFilters("^TestA", List.of("-tags=it", "-short"), List.of("./a/...")));
    assertThat(GoFilters.parse("-run 'TestA/sub|Test[/|]B|Test(C|D/)/x' -timeout 30s -v ./a"))
        .isEqualTo(
            new GoFilters(
                "TestA|Test[/|]B|Test(C|D/)", List.of("-timeout=30s", "-v"), List.of("./a")));
    assertThat(GoFilters.parse("")).isEqualTo(new GoFilters(".", List.of(), List.of()));
  }

  @Test
  void what_is_to_be_skipped_is_not_listed() {
    List<String> lines = listing("TestA", "TestSlow", "TestB");

    assertThat(names(list(lines, "", "-skip 'Slow|TestB/sub'"))).containsExactly("TestA", "TestB");
    assertThat(names(list(lines, "", "-skip Te(st"))).hasSize(3);
  }

  @Test
  void a_name_that_stands_behind_what_TestMain_printed_is_warned_of() {
    Discovery.Found found = list(listing("starting TestMain", "ready: TestA", "TestB"), "");

    assertThat(names(found)).containsExactly("TestB");
    assertThat(found.warnings())
        .containsExactly(
            PKG
                + ": 'ready: TestA' in its list of tests may hide a test; what TestMain prints must"
                + " end with a line end");
  }

  @Test
  void a_crash_tells_how_the_program_ended() {
    List<String> said = List.of("exit status 7", "signal: 9", "panic: in the back");
    for (String how : said) {
      BatchResult outcome =
          decode(
              List.of(
                  event("run", "TestA", ""),
                  event("output", "TestA", how),
                  event("fail", "TestA", "")),
              1,
              "TestA");

      assertThat(outcome.report("TestA").message())
          .isEqualTo("its process ended while it ran: " + how);
    }
  }

  @Test
  void a_failure_without_words_is_the_end_of_the_program() {
    BatchResult outcome =
        decode(
            List.of(
                event("run", "TestA", ""),
                event("output", "TestA", "--- FAIL: TestA (0.00s)"),
                event("fail", "TestA", ""),
                event("run", "TestB", ""),
                event("output", "TestB", "=== RUN   TestB"),
                event("fail", "TestB", "")),
            1,
            "TestA",
            "TestB");
    assertThat(outcome.outcomes())
        .containsOnly(Map.entry("TestA", Outcome.FAILED), Map.entry("TestB", Outcome.CRASHED));
  }

  @Test
  void flags_go_to_the_build_or_to_the_program() {
    assertThat(
            GoFlags.of(
                List.of("-tags", "it", "-short", "-race", "-update", "--cpu=2", "-args", "x")))
        .isEqualTo(
            new GoFlags(
                List.of("-tags", "it", "-race"),
                List.of("-test.short", "-update", "-test.cpu=2", "x")));
    assertThat(GoFlags.needGo(List.of("-short", "-coverprofile=c"))).isTrue();
    assertThat(GoFlags.needGo(List.of("-race", "-v"))).isFalse();
  }

  @Test
  void the_marks_between_a_program_and_go_are_not_shown() {
    BatchResult outcome =
        decode(
            List.of(
                event("run", "TestA", ""),
                event("output", "TestA", "\\u0016--- FAIL: TestA/long (0.00s)"),
                event("output", "TestA", "    a_test.go:7: wrong"),
                event("output", "TestA", "--- FAIL: TestA (0.00s)"),
                event("fail", "TestA", "")),
            1,
            "TestA");

    assertThat(outcome.report("TestA").details()).startsWith("--- FAIL: TestA/long");
  }
}
