package dev.offload.report.summary;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.RunResults;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.report.file.ReplacedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Write `summary.json`; its fields are documented in `docs/reference/summary.md`.
public final class SummaryReporter implements Reporter {
  private static final int MAX_MESSAGE = 2000;

  private final Path file;
  private final RunResults results = new RunResults();
  private final Set<SandboxId> alive = new HashSet<>();
  private int mostAlive;
  private @Nullable Instant begin;
  private @Nullable Instant last;

  /// Make one that writes to this file.
  public SummaryReporter(Path file) {
    this.file = file;
  }

  @Override
  public void accept(EventRecord entry) {
    if (begin == null) {
      begin = entry.at();
    }
    last = entry.at();
    countSandboxes(entry.event());
    results.accept(withoutTexts(entry));
  }

  private void countSandboxes(RunEvent event) {
    switch (event) {
      case RunEvent.SandboxReady ready -> {
        alive.add(ready.sandbox());
        mostAlive = Math.max(mostAlive, alive.size());
      }
      case RunEvent.SandboxLost lost -> alive.remove(lost.sandbox());
      case RunEvent.SandboxCondemned condemned -> alive.remove(condemned.sandbox());
      case RunEvent.SandboxClosed closed -> alive.remove(closed.sandbox());
      case RunEvent.RunStarted _,
          RunEvent.PhaseStarted _,
          RunEvent.PhaseFinished _,
          RunEvent.Progress _,
          RunEvent.TestsDiscovered _,
          RunEvent.ShardSelected _,
          RunEvent.TestsQuarantined _,
          RunEvent.DurationsExpected _,
          RunEvent.Warning _,
          RunEvent.Degraded _,
          RunEvent.SandboxStarting _,
          RunEvent.SandboxStartFailed _,
          RunEvent.SandboxSuspected _,
          RunEvent.BatchStarted _,
          RunEvent.BatchEnded _,
          RunEvent.AttemptStarted _,
          RunEvent.AttemptFinished _,
          RunEvent.TestDecided _,
          RunEvent.RunFinished _ -> {}
    }
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
    Duration duration = results.duration();
    if (!results.isFinished() && begin != null && last != null) {
      duration = Duration.between(begin, last);
    }
    SummaryJson summary = new SummaryJson(results, duration, Math.max(1, mostAlive));
    ReplacedFile.write(file, summary::write);
  }
}
