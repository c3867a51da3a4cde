package dev.offload.report.html;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestHistory;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.report.file.ReplacedFile;
import dev.offload.report.text.TextBudget;
import dev.offload.report.timeline.RunTimeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Write `report.html`: one file that holds the page and, as data, the run. What it shows is
/// documented in `docs/reference/report-html.md`.
public final class HtmlReporter implements Reporter {
  private static final long PLENTY = 12_000_000;
  private static final long ALL = 20_000_000;
  private static final long PASSED = 4_000_000;

  private final Path file;
  private final TestHistory history;
  private final RunResults results = new RunResults();
  private final RunTimeline timeline = new RunTimeline();
  private final TextBudget budget = new TextBudget(PLENTY, ALL);
  private final TextBudget passedBudget = new TextBudget(PASSED, PASSED);
  private final Map<AttemptKey, AttemptReport> passedOutput = new HashMap<>();
  private RunEvent.@Nullable RunStarted started;

  /// Make one that writes to this file.
  ///
  /// @param history what to show of earlier runs
  public HtmlReporter(Path file, TestHistory history) {
    this.file = file;
    this.history = history;
  }

  @Override
  public void accept(EventRecord entry) {
    timeline.accept(entry);
    switch (entry.event()) {
      case RunEvent.AttemptFinished end -> {
        keepOutputOfPassed(end);
        results.accept(entry.with(end.with(budget.shorten(end.report()))));
      }
      case RunEvent.RunStarted start -> {
        started = start;
        results.accept(entry);
      }
      default -> results.accept(entry);
    }
  }

  /// Results drop the output of attempts that passed; a page has room for some of it.
  private void keepOutputOfPassed(RunEvent.AttemptFinished end) {
    AttemptReport report = end.report();
    if (report.outcome() == Outcome.PASSED
        && !(report.stdout().isEmpty() && report.stderr().isEmpty())
        && passedBudget.isPlenty()) {
      passedOutput.put(AttemptKey.of(end), passedBudget.cut(report));
    }
  }

  @Override
  public void close() throws IOException {
    Path folder = file.toAbsolutePath().resolveSibling("");
    RunData data =
        new RunData(results, timeline, started, passedOutput, history, BatchFiles.in(folder));
    ReplacedFile.write(file, out -> Page.load().write(data, out));
  }
}
