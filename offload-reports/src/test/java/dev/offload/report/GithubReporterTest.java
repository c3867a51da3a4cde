package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Surroundings;
import dev.offload.api.report.TestHistory;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.report.github.GithubReporter;
import dev.offload.report.github.GithubReporterFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GithubReporterTest {
  @TempDir Path folder;

  private final List<String> log = new ArrayList<>();

  private Path summaryFile() {
    return folder.resolve("summary.md");
  }

  private Surroundings surroundings(Map<String, String> more) {
    Map<String, String> env = new HashMap<>(more);
    env.put("GITHUB_ACTIONS", "true");
    env.put("GITHUB_WORKSPACE", folder.toString());
    env.put("GITHUB_STEP_SUMMARY", summaryFile().toString());
    return new Surroundings(env, folder.resolve("app"), log::add);
  }

  private List<String> play(ScriptedRun run) throws IOException {
    run.play(new GithubReporter(surroundings(Map.of()), "TOKEN"));
    return log.stream()
        .filter(line -> line.startsWith("::error") || line.startsWith("::warning"))
        .toList();
  }

  private static AttemptReport failure(String message, String details) {
    return AttemptReport.of(Outcome.FAILED, Duration.ZERO, message, details);
  }

  @Test
  void itHoldsTheWholeRun() throws IOException {
    play(ScriptedRun.everything());
    Golden.check("github-log.txt", String.join("\n", log) + "\n");
    Golden.check("github-summary.md", Files.readString(summaryFile()));
  }

  @Test
  void anAnnotationNamesTheLineThatFailedWithinTheRepository() throws IOException {
    String id = "tests/test_a.py::test_x[a,b:c]";
    assertThat(
            play(
                new ScriptedRun()
                    .begin()
                    .group("unit", id)
                    .attempt(
                        id,
                        1,
                        1,
                        failure(
                            "100% wrong",
                            "tests/test_a.py:12: in test_x\ntests/test_a.py:7: AssertionError\nlib/a.py:3: x"))
                    .decided(id, Verdict.FAILED, "")
                    .finish(1, "")))
        .containsExactly(
            "::error file=app/tests/test_a.py,line=7,title=failed%3A tests/test_a.py%3A%3Atest_x[a%2Cb%3Ac]::"
                + "100%25 wrong%0A%0Atests/test_a.py:12: in test_x%0Atests/test_a.py:7: AssertionError%0Alib/a.py:3: x");
  }

  @Test
  void tenAnnotationsShowEachCauseOnceBeforeAnyTwice() throws IOException {
    ScriptedRun run = new ScriptedRun().begin();
    String[] ids = new String[40];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "t.py::test_" + i;
    }
    run.group("unit", ids);
    for (int i = 0; i < 30; i++) {
      String cause = i < 20 ? "connection " + i + " refused" : "cause " + (char) ('a' + i % 5);
      run.attempt(ids[i], 1, 1, failure(cause, "")).decided(ids[i], Verdict.FAILED, "");
    }
    run.decided(ids[30], Verdict.NOT_RUN, "not run: quota");
    List<String> shown = play(run.finish(1, ""));
    assertThat(shown).hasSize(10);
    assertThat(shown.get(0)).contains("connection 0 refused", "(19 more tests fail like this)");
    assertThat(shown.subList(1, 6)).allMatch(line -> line.contains("::cause "));
    assertThat(shown.get(6)).contains("title=10 tests were not run::not run: quota");
    assertThat(shown.get(7)).contains("connection 1 refused");
  }

  @Test
  void whatTestsPrintGivesNoOrdersToTheRunner() throws IOException {
    String order =
        "::error::fake\n::add-mask::x\n##[error]y\n\u001b]0;title\u0007::stop-commands::z";
    String id = "t.py::test_\n::error::name";
    play(
        new ScriptedRun()
            .begin()
            .group("unit", id)
            .attempt(
                id,
                1,
                1,
                new AttemptReport(Outcome.FAILED, Duration.ZERO, order, order, order, order))
            .decided(id, Verdict.FAILED, order)
            .finish(1, order));
    boolean understood = true;
    for (String line : log) {
      if (understood && line.stripLeading().startsWith("::")) {
        assertThat(line)
            .matches("::(error [^:]*|group|endgroup|stop-commands)::.*")
            .doesNotStartWith("::stop-commands::z");
      } else if (understood) {
        assertThat(line).isEmpty();
      }
      understood =
          line.equals("::stop-commands::TOKEN") ? false : line.equals("::TOKEN::") || understood;
    }
    assertThat(log.getFirst()).isEqualTo("::stop-commands::TOKEN");
    assertThat(log).allMatch(line -> !line.contains("\n") && !line.contains("\u001b"));
  }

  @Test
  void nothingIsSaidTwiceOfAFailureAndNoSandboxNamedWhereThereWasNone() throws IOException {
    play(
        new ScriptedRun()
            .begin()
            .group("unit", "a")
            .attempt("a", 1, 0, failure("cannot be read", "cannot be read\n"))
            .decided("a", Verdict.FAILED, "cannot be read")
            .finish(1, ""));
    int group = log.indexOf("::group::failed: a");
    assertThat(log.subList(group + 2, log.size()))
        .containsExactly("--- attempt 1: cannot be read", "::TOKEN::", "::endgroup::");
  }

  @Test
  void theSummaryKeepsGithubsLimitAndWhatIsThereAlready() throws IOException {
    Files.writeString(summaryFile(), "before\n");
    ScriptedRun run = new ScriptedRun().begin();
    String[] ids = new String[1000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "t.py::test_" + i;
    }
    run.group("unit", ids);
    for (String id : ids) {
      run.attempt(id, 1, 1, failure("é".repeat(3000), "<b>&".repeat(2000)))
          .decided(id, Verdict.FAILED, "");
    }
    play(run.finish(1, ""));
    assertThat(Files.size(summaryFile())).isBetween(1_000_000L, (long) (1 << 20));
    assertThat(Files.readString(summaryFile()))
        .startsWith("before\n### Offload: 1,000 failed")
        .endsWith("The rest does not fit here: see `report.html`.\n")
        .doesNotContain("<b>");
  }

  @Test
  void quarantinedTestsAreNotAnnotated() throws IOException {
    Quarantine why = new Quarantine("flaky clock", "ann", LocalDate.of(2030, 1, 1));
    assertThat(
            play(
                new ScriptedRun()
                    .begin()
                    .group("unit", "a")
                    .add(new RunEvent.TestsQuarantined(why, List.of(new TestId("a"))))
                    .attempt("a", 1, 1, failure("x", ""))
                    .decided("a", Verdict.FAILED, "")
                    .finish(0, "")))
        .isEmpty();
    assertThat(Files.readString(summaryFile()))
        .startsWith("### Offload: 1 quarantined\n")
        .contains("(quarantined)");
  }

  @Test
  void theSummaryOfARunThatWasCutOffSaysHowLongItRan() throws IOException {
    play(new ScriptedRun().begin().group("unit", "a", "b").ready(1).passed("a", 1, 500));
    assertThat(Files.readString(summaryFile()))
        .contains("\n4.0 s, 1 sandbox, 0 of them lost; the run was cut off\n");
  }

  @Test
  void numbersLookTheSameInEveryLanguage() throws IOException {
    String[] ids = new String[1200];
    Arrays.setAll(ids, i -> "test " + i);
    ScriptedRun run = new ScriptedRun().begin().group("unit", ids);
    for (String id : ids) {
      run.decided(id, Verdict.NOT_RUN, "quota");
    }
    Locale usual = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      play(run.finish(3, ""));
    } finally {
      Locale.setDefault(usual);
    }
    assertThat(Files.readString(summaryFile())).contains("1,200 not run", "- 1,200: quota");
  }

  @Test
  void itSpeaksInGithubActionsOnly() {
    GithubReporterFactory factory = new GithubReporterFactory();
    assertThat(factory.onByDefault(new ReportContext(folder, true, "junit.xml"))).isFalse();
    assertThat(
            factory.onByDefault(
                new ReportContext(
                    folder, true, "junit.xml", surroundings(Map.of()), TestHistory.NONE)))
        .isTrue();
  }
}
