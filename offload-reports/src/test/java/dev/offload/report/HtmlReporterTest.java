package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.report.TestHistory;
import dev.offload.api.report.TestHistory.PastAttempt;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Verdict;
import dev.offload.report.html.HtmlReporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HtmlReporterTest {
  @TempDir Path folder;

  private TestHistory history = TestHistory.NONE;

  private String page(ScriptedRun run) throws IOException {
    Path file = folder.resolve("report.html");
    run.play(new HtmlReporter(file, history));
    return Files.readString(file);
  }

  /// The blocks of data, which are all that differs from run to run.
  private static String data(String page) {
    int begin = page.indexOf("<script type=\"application/json\" id=\"data\">");
    return page.substring(begin, page.indexOf("<script>", begin));
  }

  @Test
  void itHoldsTheWholeRun() throws IOException {
    Golden.check("report-data.html", data(page(ScriptedRun.everything())));
  }

  @Test
  void aRunThatWasCutOffShowsWhatWasRunning() throws IOException {
    ScriptedRun run = new ScriptedRun().begin().group("unit", "a", "b").ready(1).started("b", 1, 1);
    assertThat(data(page(run)))
        .contains("\"finished\":false", "\"running\":[[1,1,1,1,3000000]]", "\"duration\":3000000");
  }

  @Test
  void noTextOfATestReachesTheMarkup() throws IOException {
    String hostile = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>";
    AttemptReport failure =
        new AttemptReport(
            Outcome.FAILED, Duration.ZERO, hostile, hostile, hostile, hostile + "\u2028\u0000");
    String page =
        page(
            new ScriptedRun()
                .begin()
                .group(hostile, hostile)
                .attempt(hostile, 1, 1, failure)
                .decided(hostile, Verdict.FAILED, hostile)
                .finish(1, hostile));
    assertThat(page).doesNotContain("alert(1)</script>", "<img", "<!--<");
    assertThat(data(page))
        .doesNotContainPattern(Pattern.compile("<(?!/?script( type=\"application/json\"|>))"));
  }

  @Test
  void thePageAllowsItsOwnScriptAndNoNetwork() throws IOException {
    assertThat(page(new ScriptedRun().begin()))
        .containsPattern(
            "Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action"
                + " 'none'; script-src 'sha256-[^']{44}'; style-src 'sha256-[^']{44}'\"")
        .doesNotContain("@DATA@", "@STYLE@", "@SCRIPT@", "http://", "https://");
  }

  @Test
  void whatIsRememberedOfEarlierRunsIsShownAndThisRunIsNoPartOfIt() throws IOException {
    history =
        test ->
            List.of(
                new PastAttempt("run-0", Instant.EPOCH, Duration.ofMillis(3), true),
                new PastAttempt("run-0", Instant.EPOCH, Duration.ofMillis(4), false),
                new PastAttempt("run-1", Instant.EPOCH, Duration.ofMillis(5), true));
    ScriptedRun run = new ScriptedRun().begin().group("unit", "a").passed("a", 1, 7);
    assertThat(data(page(run))).contains("]],\"\",[3000,-4000]]");
  }

  @Test
  void theOutputOfPassedTestsIsKeptToo() throws IOException {
    AttemptReport passed =
        new AttemptReport(Outcome.PASSED, Duration.ZERO, "", "", "said in passing", "");
    ScriptedRun run =
        new ScriptedRun()
            .begin()
            .group("unit", "a")
            .attempt("a", 1, 1, passed)
            .decided("a", Verdict.PASSED, "");
    assertThat(data(page(run))).contains("id=\"texts-0\">[[\"\",\"said in passing\",\"\"]]");
  }
}
