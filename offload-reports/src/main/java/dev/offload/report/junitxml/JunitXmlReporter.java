package dev.offload.report.junitxml;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.RunResults;
import dev.offload.report.file.ReplacedFile;
import dev.offload.report.text.TextBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/// Write `junit.xml`; how it is made up is documented in `docs/reference/junit-xml.md`.
public final class JunitXmlReporter implements Reporter {
  private final Path file;
  private final RunResults results = new RunResults();
  private final TextBudget budget = new TextBudget(6_000_000, 10_000_000);
  private Instant begin = Instant.EPOCH;

  /// Make one that writes to this file.
  public JunitXmlReporter(Path file) {
    this.file = file;
  }

  @Override
  public void accept(EventRecord entry) {
    EventRecord kept = entry;
    if (entry.event() instanceof RunEvent.AttemptFinished end) {
      kept = entry.with(end.with(budget.shorten(end.report())));
    } else if (entry.event() instanceof RunEvent.RunStarted) {
      begin = entry.at();
    }
    results.accept(kept);
  }

  @Override
  public void close() throws IOException {
    ReplacedFile.write(file, new JunitXml(results, begin)::write);
  }
}
