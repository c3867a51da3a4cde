package dev.offload.report.summary;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.RunResults;
import dev.offload.api.test.AttemptReport;
import dev.offload.report.file.ReplacedFile;
import java.io.IOException;
import java.nio.file.Path;

/// Write `summary.json`; its fields are documented in `docs/reference/summary.md`.
public final class SummaryReporter implements Reporter {
  private static final int MAX_MESSAGE = 2000;

  private final Path file;
  private final RunResults results = new RunResults();

  /// Make one that writes to this file.
  public SummaryReporter(Path file) {
    this.file = file;
  }

  @Override
  public void accept(EventRecord entry) {
    results.accept(withoutTexts(entry));
  }

  private static EventRecord withoutTexts(EventRecord entry) {
    if (!(entry.event() instanceof RunEvent.AttemptFinished end)) {
      return entry;
    }
    AttemptReport report = end.report();
    String message = report.message();
    if (message.length() > MAX_MESSAGE) {
      message = message.substring(0, MAX_MESSAGE) + "…";
    }
    return entry.with(end.with(AttemptReport.of(report.outcome(), report.duration(), message, "")));
  }

  @Override
  public void close() throws IOException {
    ReplacedFile.write(file, new SummaryJson(results)::write);
  }
}
