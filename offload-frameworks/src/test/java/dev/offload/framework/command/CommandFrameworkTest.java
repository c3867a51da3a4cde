package dev.offload.framework.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.SignalProtocol;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.Outcome;
import dev.offload.testkit.BatchResult;
import dev.offload.testkit.FrameworkRun;
import dev.offload.testkit.MapSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandFrameworkTest {
  @TempDir Path project;
  @TempDir Path folder;
  private final Map<String, Object> settings =
      new HashMap<>(
          Map.of(
              "discover_command", "cat list # {filters}",
              "run_command", "sh run.sh {tests}",
              "test_id_format", "{name}"));

  private CommandFramework framework() {
    MapSettings read = MapSettings.of(settings);
    CommandFramework framework = (CommandFramework) new CommandFactory().create(read);
    assertThat(read.problems()).isEmpty();
    return framework;
  }

  private FrameworkRun adapter() {
    return new FrameworkRun(framework(), project, folder, Map.of());
  }

  private BatchResult run(String script, String... ids) throws Exception {
    Files.writeString(project.resolve("run.sh"), script);
    return adapter().run(BatchResult.casesOf(ids));
  }

  private Discovery discover(String command, String filters) throws Exception {
    settings.put("discover_command", command);
    return adapter().discover(filters);
  }

  @Test
  void each_line_of_the_discovery_that_is_no_comment_is_a_test() throws Exception {
    Discovery found =
        discover("printf '# list\\n a b \\n\\n+x %s\\na b\\nlast' {filters}", "'q r'");

    assertThat(found).isInstanceOf(Discovery.Found.class);
    Discovery.Found tests = (Discovery.Found) found;
    assertThat(tests.tests().stream().map(test -> test.id().value()))
        .containsExactly("a b", "+x q r", "last");
    assertThat(tests.warnings()).singleElement().asString().contains("'a b' more than once");
  }

  @Test
  void an_id_that_no_command_line_can_carry_is_a_failed_test() throws Exception {
    String quotes = "'".repeat(30_000);
    String longer = "H".repeat(150_000);
    CommandOutput output =
        new CommandOutput(
            new Exit.Exited(0),
            List.of("=good", "=" + quotes, "=nul\0"),
            SignalProtocol.MARK + "token =" + longer,
            "");

    Discovery.Found found = (Discovery.Found) new CommandDiscovery("g").read(output);

    assertThat(found.tests())
        .singleElement()
        .extracting(test -> test.id().value())
        .isEqualTo("good");
    assertThat(found.errors())
        .extracting(error -> error.name() + ": " + error.message())
        .containsExactly(
            quotes.substring(0, 60) + "…: the id is too long for a command line",
            "nul\\0: the id holds a NUL character, which no command line can carry",
            longer.substring(0, 60) + "…: the id is too long for a command line");
  }

  @Test
  void a_discovery_that_fails_says_so_with_its_text() throws Exception {
    Discovery found = discover("echo x; echo 'no such module' >&2; exit 3 # {filters}", "");

    assertThat(found).isInstanceOf(Discovery.Failed.class);
    assertThat(((Discovery.Failed) found).message()).contains("exit code 3");
    assertThat(((Discovery.Failed) found).details()).contains("no such module");
  }

  @Test
  void a_long_list_is_not_cut_short() throws Exception {
    Discovery found =
        discover("seq 1 200000 | sed 's/^/a-rather-long-name-of-a-test-/' # {filters}", "");

    assertThat(((Discovery.Found) found).tests()).hasSize(200_000);
  }

  @Test
  void the_placeholder_for_filters_is_required() {
    settings.put("discover_command", "list");
    MapSettings read = MapSettings.of(settings);
    new CommandFactory().create(read);

    assertThat(read.problems()).singleElement().asString().contains("{filters}");
  }

  @Test
  void a_batch_of_one_takes_its_verdict_from_the_exit_code() throws Exception {
    assertThat(run("exit 0", "a").outcomes()).containsEntry("a", Outcome.PASSED);

    BatchResult failed = run("echo out; echo 'it broke' >&2; exit 3", "a");
    assertThat(failed.signals().getFirst()).isEqualTo(new TestSignal.Started(0));
    assertThat(failed.report("a").outcome()).isEqualTo(Outcome.FAILED);
    assertThat(failed.report("a").message()).isEqualTo("exit code 3");
    assertThat(failed.report("a").details()).contains("it broke");
    assertThat(failed.report("a").stdout()).isEqualTo("out");
  }

  @Test
  void a_batch_of_one_that_a_signal_ends_has_crashed() throws Exception {
    BatchResult crashed = run("kill -9 $$", "a");

    assertThat(crashed.outcomes()).containsOnly(Map.entry("a", Outcome.CRASHED));
    assertThat(crashed.signals()).containsExactly(new TestSignal.Started(0));
  }

  @Test
  void a_batch_of_several_without_a_report_passes_with_exit_code_0_and_is_divided_otherwise()
      throws Exception {
    assertThat(run("exit 0", "a", "b").outcomes())
        .containsOnly(Map.entry("a", Outcome.PASSED), Map.entry("b", Outcome.PASSED));
    assertThat(run("exit 1", "a", "b").signals()).containsExactly(new TestSignal.Split());
  }

  @Test
  void a_missing_program_is_not_blamed_on_the_tests_of_a_batch() throws Exception {
    BatchResult outcome = run("no-such-program", "a", "b");

    assertThat(outcome.signals()).isEmpty();
    assertThat(framework().explainExit(outcome.exit())).contains("run_command");
  }

  @Test
  void a_promised_report_that_is_missing_is_no_pass() throws Exception {
    settings.put("run_command", "sh run.sh {result_file} {tests}");

    assertThat(run("exit 0", "a").outcomes()).containsEntry("a", Outcome.NOT_REPORTED);
    BatchResult several = run("exit 0", "a", "b");
    assertThat(several.outcomes()).isEmpty();
    assertThat(several.diagnoses()).contains("no report");
  }

  @Test
  void a_report_in_the_place_that_was_named_is_read() throws Exception {
    settings.put("run_command", "sh run.sh {result_file} {tests}");
    String script =
        """
        file=$1; shift
        { echo '<testsuite>'; for t; do echo "<testcase name='$t'/>"; done
          echo '<testcase name="b"><failure>b is bad</failure></testcase>'; } >"$file"; exit 1
        """;
    BatchResult outcome = run(script, "a", "b", "c");

    assertThat(outcome.outcomes())
        .containsOnly(
            Map.entry("a", Outcome.PASSED),
            Map.entry("b", Outcome.FAILED),
            Map.entry("c", Outcome.PASSED));
    assertThat(outcome.diagnoses()).contains("damaged");
  }

  @Test
  void reports_that_the_command_writes_elsewhere_are_read_and_stale_ones_are_not()
      throws Exception {
    settings.put("result_file", "target dir/*.xml");
    Files.createDirectories(project.resolve("target dir"));
    Files.writeString(project.resolve("target dir/old.xml"), "<t><testcase name='b'/></t>");
    String script = "for t; do echo \"<t><testcase name='$t'/></t>\" >\"target dir/$t.xml\"; done";

    assertThat(run(script, "a", "c").outcomes()).containsOnlyKeys("a", "c");
    BatchResult silent = run("exit 0", "b");
    assertThat(silent.outcomes()).containsEntry("b", Outcome.NOT_REPORTED);
  }

  @Test
  void a_report_about_other_tests_is_named_to_the_user() throws Exception {
    settings.put("run_command", "sh run.sh {result_file} {tests}");
    String script =
        "echo \"<t><testcase classname='K' name='other'><error>boom</error></testcase></t>\" >\"$1\"; exit 2";

    BatchResult alone = run(script, "a");
    assertThat(alone.report("a").outcome()).isEqualTo(Outcome.ERRORED);
    assertThat(alone.report("a").details()).contains("K :: other").contains("boom");
    BatchResult several = run(script, "a", "b");
    assertThat(several.signals()).contains(new TestSignal.Split());
    assertThat(several.diagnoses()).contains("K :: other").contains("'{name}'");
  }

  @Test
  void names_reach_the_command_exactly() throws Exception {
    String[] ids = {
      "a b", "it's \"$HOME\" `x`", "{result_file} {tests}", "*", "emoji 😀 \\n", "-x"
    };
    String script = "for t; do printf '\\036%s pass %s\\n' \"$OFFLOAD_SIGNAL_TOKEN\" \"$t\"; done";

    assertThat(run(script, ids).outcomes()).containsOnlyKeys(ids);
  }

  @Test
  void a_harness_may_stream() throws Exception {
    String script =
        """
        say() { printf '\\036%s %s\\n' "$OFFLOAD_SIGNAL_TOKEN" "$*"; }
        say start a; echo hello; say took 1.5; say pass a
        say start b; say message went wrong; say detail line 1; say detail line 2; say fail b
        say skip c; say pass unknown; say nonsense
        say start d; exit 3
        """;
    BatchResult outcome = run(script, "a", "b", "c", "d");

    assertThat(outcome.outcomes())
        .containsOnly(
            Map.entry("a", Outcome.PASSED),
            Map.entry("b", Outcome.FAILED),
            Map.entry("c", Outcome.SKIPPED),
            Map.entry("d", Outcome.CRASHED));
    assertThat(outcome.report("a").stdout()).isEqualTo("hello");
    assertThat(outcome.report("a").duration()).hasMillis(1500);
    assertThat(outcome.report("b").message()).isEqualTo("went wrong");
    assertThat(outcome.report("b").details()).isEqualTo("line 1\nline 2");
    assertThat(outcome.diagnoses()).contains("unknown").contains("nonsense");
    assertThat(outcome.signals()).doesNotContain(new TestSignal.Split());
  }

  @Test
  void output_that_only_looks_like_a_signal_is_output() throws Exception {
    BatchResult outcome = run("printf '\\036wrong-token pass a\\npass a\\n'; exit 1", "a");

    assertThat(outcome.outcomes()).containsEntry("a", Outcome.FAILED);
  }

  @Test
  void a_command_that_gives_up_by_tap_says_why() throws Exception {
    settings.put("stdout_format", "tap");
    BatchResult result = run("echo 1..1; echo 'Bail out! no database'; exit 9", "a");

    assertThat(result.report("a").outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.report("a").message()).isEqualTo("Bail out! no database");
  }

  @Test
  void tap_is_understood_when_the_configuration_says_so() throws Exception {
    settings.put("stdout_format", "tap");
    String script =
        """
        cat <<'END'
        TAP version 14
        1..5
        ok 1 - a
        not ok 2 - b # here
          ---
          message: "expected 1"
          ...
        # more
            ok 1 - c
        ok 3 - d # SKIP no network
        not ok 4 - e # todo later
        ok 5 - f # time=12ms
        END
        exit 1
        """;
    BatchResult outcome = run(script, "a", "b # here", "c", "d", "e", "f");

    assertThat(outcome.outcomes())
        .containsOnly(
            Map.entry("a", Outcome.PASSED),
            Map.entry("b # here", Outcome.FAILED),
            Map.entry("d", Outcome.SKIPPED),
            Map.entry("e", Outcome.SKIPPED),
            Map.entry("f", Outcome.PASSED));
    assertThat(outcome.report("b # here").details()).contains("expected 1").contains("more");
    assertThat(outcome.report("d").message()).isEqualTo("no network");
    assertThat(outcome.report("f").duration()).hasMillis(12);
  }

  @Test
  void nothing_is_concluded_from_the_exit_of_a_command_that_was_cancelled() {
    CommandDecoder decoder =
        new CommandDecoder(
            List.of(BatchResult.casesOf("a").getFirst()),
            new CommandOptions("d", "r", "{name}", "", "", false),
            System::nanoTime);

    assertThat(
            decoder.end(
                new dev.offload.api.framework.CommandEnd(
                    new dev.offload.api.command.Exit.Exited(0), true, Map.of(), "")))
        .isEmpty();
  }
}
