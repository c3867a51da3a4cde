package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.engine.event.EventJournal;
import dev.offload.testkit.SyntheticRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Make `report.html` of a big run from its journal, and use it in a real browser.
final class HtmlReportIT {
  private static final TestId HOSTILE =
      new TestId("<img src=x onerror=alert(1)>.py::\"'</script><script>alert(2)</script>");

  @TempDir Path folder;

  @Test
  void aReaderFindsEverythingInARunOfTenThousandTests() throws Exception {
    try (EventJournal journal = EventJournal.create(folder.resolve(EventJournal.FILE_NAME))) {
      SyntheticRun.play(10_000, 40, event -> journal.accept(hostile(event)));
    }
    OffloadCommand.Result made =
        OffloadCommand.in(folder).run("report", "--from", folder.toString(), "--format", "html");
    assertThat(made.stderr()).contains("html made again");
    assertThat(made.exitCode()).isZero();
    Browser.check(folder, "check-report.mjs", folder.resolve("report.html"));
  }

  /// Let the first test be the hostile one, and fail with a hostile text.
  private static EventRecord hostile(EventRecord entry) {
    return switch (entry.event()) {
      case RunEvent.RunStarted start ->
          entry.with(
              new RunEvent.RunStarted(
                  start.runId(),
                  start.version(),
                  "ci/it's.toml",
                  start.provider(),
                  start.framework(),
                  start.maxParallel()));
      case RunEvent.TestsDiscovered(String group, int retries, List<TestCase> tests)
          when group.equals("unit") -> {
        List<TestCase> renamed = new ArrayList<>(tests);
        TestCase first = tests.getFirst();
        renamed.set(0, new TestCase(HOSTILE, group, first.file(), first.line(), first.selector()));
        yield entry.with(new RunEvent.TestsDiscovered(group, retries, renamed));
      }
      case RunEvent.AttemptFinished end when isFirst(end.test()) -> {
        AttemptReport report =
            AttemptReport.of(
                Outcome.FAILED, Duration.ofMillis(7), "<b>", "</script><script>alert(3)</script>");
        yield entry.with(
            new RunEvent.AttemptFinished(
                HOSTILE, end.attempt(), end.batch(), end.sandbox(), end.started(), report));
      }
      case RunEvent.TestDecided decided when isFirst(decided.test()) ->
          entry.with(new RunEvent.TestDecided(HOSTILE, Verdict.FAILED, "<script>"));
      default -> entry;
    };
  }

  private static boolean isFirst(TestId test) {
    return test.value().equals("tests/api/test_0.py::TestSomething::test_behaves[case-0]");
  }
}
