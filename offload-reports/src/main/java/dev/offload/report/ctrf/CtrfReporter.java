package dev.offload.report.ctrf;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.RunResults;
import dev.offload.report.file.ReplacedFile;
import dev.offload.report.text.TextBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Write `ctrf-report.json`; how Offload's words become those of CTRF is documented in
/// `docs/reference/ctrf.md`.
public final class CtrfReporter implements Reporter {
  private final Path file;
  private final RunResults results = new RunResults();
  private final TextBudget budget = new TextBudget(6_000_000, 10_000_000);
  private @Nullable Instant begin;
  private Instant end = Instant.EPOCH;
  private String version = "";

  /// Make one that writes to this file.
  public CtrfReporter(Path file) {
    this.file = file;
  }

  @Override
  public void accept(EventRecord entry) {
    if (begin == null) {
      begin = entry.at();
    }
    end = entry.at();
    EventRecord kept = entry;
    if (entry.event() instanceof RunEvent.AttemptFinished attempt) {
      kept = entry.with(attempt.with(budget.shorten(attempt.report())));
    } else if (entry.event() instanceof RunEvent.RunStarted start) {
      version = start.version();
    }
    results.accept(kept);
  }

  @Override
  public void close() throws IOException {
    Ctrf ctrf = new Ctrf(results, version, begin == null ? end : begin, end);
    ReplacedFile.write(file, ctrf::write);
  }
}
