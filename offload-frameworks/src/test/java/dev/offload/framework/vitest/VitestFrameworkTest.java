package dev.offload.framework.vitest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.CommandEnd;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The adapter without vitest: what it starts, and what it makes of recorded answers.
class VitestFrameworkTest {
  private static final String A = "recorded.test.js > ";

  private static TestFramework framework(Map<String, ?> settings) {
    MapSettings read = MapSettings.of(settings);
    TestFramework framework = new VitestFactory().create(read);
    assertThat(read.problems()).isEmpty();
    assertThat(read.unknownKeys()).isEmpty();
    return framework;
  }

  private static List<String> frames(String name) {
    return Resources.text(VitestFrameworkTest.class, "/vitest-recorded/" + name).lines().toList();
  }

  private static Discovery read(String filters, Exit exit, List<String> frames, String stderr) {
    DiscoveryRequest request = new DiscoveryRequest("g", filters, "/f", Map.of());
    return framework(Map.of()).readDiscovery(request, new CommandOutput(exit, frames, "", stderr));
  }

  private static List<TestCase> recorded(int version) {
    List<String> frames = frames("vitest-" + version + "-list.frames");
    return ((Discovery.Found) read("", new Exit.Exited(1), frames, "")).tests();
  }

  private static ExecutionRequest request(List<TestCase> tests) {
    return new ExecutionRequest(tests, "/f", Map.of(), false, Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void a_recorded_listing_names_each_test_once(int version) {
    Discovery discovery =
        read("", new Exit.Exited(1), frames("vitest-" + version + "-list.frames"), "");

    Discovery.Found found = (Discovery.Found) discovery;
    assertThat(found.tests().stream().map(test -> test.id().value()))
        .containsExactly(
            A + "passes",
            A + "fails",
            A + "skipped",
            A + "todo",
            A + "a > b > c",
            A + "a > b > c [2]",
            A + "hooked > one",
            A + "hooked > two",
            A + "stray",
            A + "last > of all");
    assertThat(found.errors()).hasSize(1);
    assertThat(found.errors().getFirst().name()).isEqualTo("broken.test.js");
    assertThat(found.errors().getFirst().message())
        .isEqualTo("ReferenceError: broken_here is not defined");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void a_recorded_run_gives_each_test_its_outcome(int version) {
    List<TestCase> tests = new ArrayList<>(recorded(version));
    tests.add(tests.getFirst()); // stands for the test of the broken file
    SignalDecoder decoder = framework(Map.of()).decoder(request(tests));
    Map<Integer, AttemptReport> reports = new LinkedHashMap<>();
    List<TestSignal> signals = new ArrayList<>();
    frames("vitest-" + version + "-run.frames")
        .forEach(frame -> signals.addAll(decoder.frame(frame)));
    signals.addAll(decoder.end(new CommandEnd(new Exit.Exited(1), false, Map.of(), "")));
    for (TestSignal signal : signals) {
      if (signal instanceof TestSignal.Finished(int index, var report)) {
        assertThat(reports.put(index, report)).isNull();
      }
    }

    assertThat(reports.values().stream().map(AttemptReport::outcome)).hasSize(11);
    assertThat(requireNonNull(reports.get(0)).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(requireNonNull(reports.get(0)).stdout()).isEqualTo("said\n");
    assertThat(requireNonNull(reports.get(1)).message())
        .isEqualTo("AssertionError: expected 1 to be 2 // Object.is equality");
    assertThat(requireNonNull(reports.get(2)).outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(requireNonNull(reports.get(3)).message()).isEqualTo("todo");
    assertThat(requireNonNull(reports.get(4)).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(requireNonNull(reports.get(5)).message()).isEqualTo("Error: the other");
    assertThat(requireNonNull(reports.get(6)).outcome()).isEqualTo(Outcome.ERRORED);
    assertThat(requireNonNull(reports.get(7)).message()).isEqualTo("Error: no set-up");
    assertThat(requireNonNull(reports.get(8)).message())
        .isEqualTo("Unhandled rejection: nobody waits");
    assertThat(requireNonNull(reports.get(9)).message()).contains("no tear-down");
    assertThat(requireNonNull(reports.get(10)).details()).contains("broken_here");
  }

  @Test
  void the_last_pass_waits_for_the_end_of_vitest() {
    SignalDecoder decoder = framework(Map.of()).decoder(request(recorded(4).subList(0, 1)));
    assertThat(decoder.frame("{\"started\":0}")).hasSize(1);
    assertThat(decoder.frame("{\"finished\":0,\"outcome\":\"passed\"}")).isEmpty();
    decoder.frame("{\"unhandled\":\"Error: after everything\"}");

    List<TestSignal> end =
        decoder.end(new CommandEnd(new Exit.Exited(1), false, Map.of(), "the last words"));

    TestSignal.Finished finished = (TestSignal.Finished) end.getFirst();
    assertThat(finished.report().outcome()).isEqualTo(Outcome.ERRORED);
    assertThat(finished.report().message()).contains("exit code 1").contains("after everything");
  }

  @Test
  void groups_with_options_of_their_own_run_one_after_the_other_in_a_batch() {
    String frame = "{\"file\":\"a.test.ts\",\"project\":\"unit\",\"tests\":[[\"x\",0,7]]}";
    List<TestCase> tests = new ArrayList<>();
    for (String filters : List.of("src -t 'some name' --project unit", "--config=e2e.ts")) {
      Discovery discovery = read(filters, new Exit.Exited(0), List.of(frame, "{\"end\":0}"), "");
      tests.addAll(((Discovery.Found) discovery).tests());
    }
    assertThat(tests.stream().map(test -> test.id().value()))
        .containsExactly("|unit| a.test.ts > x", "a.test.ts > x");
    assertThat(tests.getFirst().line()).isEqualTo(7);

    Step step = framework(Map.of("command", "pnpm vitest")).execution(request(tests));

    String script = step.command().argv().getLast();
    assertThat(script.lines().filter(line -> line.startsWith("pnpm vitest run"))).hasSize(2);
    assertThat(script)
        .contains("--project unit \"$@\"")
        .contains("--config=e2e.ts \"$@\"")
        .doesNotContain("some name");
    assertThat(step.files().stream().map(file -> file.name()))
        .contains(
            "part-0/files",
            "part-0/node_modules/offload-vitest/plan.json",
            "part-1/node_modules/offload-vitest/plan.json");
  }

  @Test
  void names_never_travel_on_the_command_line() {
    String frame = "{\"file\":\"a.test.ts\",\"project\":\"\",\"tests\":[[\"$(reboot)\\n\",0,0]]}";
    Discovery discovery = read("", new Exit.Exited(0), List.of(frame, "{\"end\":0}"), "");

    Step step = framework(Map.of()).execution(request(((Discovery.Found) discovery).tests()));

    assertThat(step.command().argv().toString()).doesNotContain("reboot");
    assertThat(step.files().getLast().content()).contains("$(reboot)\\n");
  }

  @Test
  void a_start_that_fails_is_explained() {
    assertThat(((Discovery.Failed) read("", new Exit.Exited(127), List.of(), "sh: npx")).message())
        .contains("npm install --save-dev vitest");
    List<String> old =
        List.of("{\"hello\":\"1.6.0\"}", "{\"broken\":{\"message\":\"vitest 1.6.0 is too old\"}}");
    assertThat(((Discovery.Failed) read("", new Exit.Exited(1), old, "")).message())
        .isEqualTo("vitest 1.6.0 is too old");
    List<String> older = List.of("{\"version\":\"0.34.6\"}");
    assertThat(((Discovery.Failed) read("", new Exit.Exited(1), older, "")).message())
        .contains("vitest 2 or newer is needed", "is vitest 0.34.6");
    Discovery setUp = read("", new Exit.Exited(1), List.of("{\"hello\":\"4.1.0\"}"), "globalSetup");
    assertThat(((Discovery.Failed) setUp).details()).isEqualTo("globalSetup");
    Discovery none =
        read(
            "nothing", new Exit.Exited(1), List.of("{\"hello\":\"3.0.0\"}"), "No test files found");
    assertThat(((Discovery.Found) none).tests()).isEmpty();
  }

  @Test
  void wrong_settings_are_told() {
    MapSettings settings = MapSettings.of(Map.of("command", " ", "run_args", "'open"));
    TestFramework made = new VitestFactory().create(settings);

    assertThat(settings.problems()).hasSize(2);
    assertThat(made).isNotNull();
  }
}
