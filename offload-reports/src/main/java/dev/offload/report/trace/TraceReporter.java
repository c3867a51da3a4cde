package dev.offload.report.trace;

import dev.offload.api.event.EventRecord;
import dev.offload.api.report.Reporter;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Write `trace.json` in Chrome's trace event format, which Perfetto, Speedscope and
/// `chrome://tracing` read; what it holds is documented in `docs/reference/trace.md`.
///
/// The events are written while the run goes on, so that memory does not grow with it, and so that
/// a run that is killed leaves its trace: the format allows the end to be missing.
public final class TraceReporter implements Reporter {
  private final Path file;
  private @Nullable TraceEvents events;
  private @Nullable TraceFold fold;

  /// Make one that writes to this file, from the first event on.
  public TraceReporter(Path file) {
    this.file = file;
  }

  @Override
  public void accept(EventRecord entry) throws IOException {
    if (fold == null) {
      events = TraceEvents.open(file);
      fold = new TraceFold(events);
    }
    fold.accept(entry);
  }

  @Override
  public void close() {
    if (fold != null) {
      fold.end();
    }
    if (events != null) {
      events.close();
    }
  }
}
