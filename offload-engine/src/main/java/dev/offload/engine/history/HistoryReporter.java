package dev.offload.engine.history;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Add a run to a history: every attempt that ended by its own doing. A skipped test, and an
/// attempt that was lost, not reported or judged again, says nothing about the test.
///
/// The file is written on a thread of its own from the end of the run on, while other reporters
/// write theirs.
public final class HistoryReporter implements Reporter {
  private final HistoryFile file;
  private final String config;
  private final int capacity;
  private final List<Attempt> attempts = new ArrayList<>();
  private final FutureTask<@Nullable Void> writing = new FutureTask<>(this::write);
  private String run = "";

  private record Attempt(TestId test, SandboxId sandbox, boolean passed, long at, double seconds) {}

  /// Make it.
  ///
  /// @param config the base name of the configuration file
  /// @param capacity how many samples to keep of each outcome of a test
  public HistoryReporter(HistoryFile file, String config, int capacity) {
    this.file = file;
    this.config = config;
    this.capacity = capacity;
  }

  @Override
  public void accept(EventRecord entry) {
    if (entry.event() instanceof RunEvent.RunStarted started) {
      run = started.runId();
    } else if (entry.event() instanceof RunEvent.AttemptFinished finished) {
      Outcome outcome = finished.report().outcome();
      // What could not be collected is told as an attempt in no batch.
      if (finished.batch().number() > 0 && (outcome == Outcome.PASSED || outcome.isFailure())) {
        attempts.add(
            new Attempt(
                finished.test(),
                finished.sandbox(),
                outcome == Outcome.PASSED,
                entry.at().toEpochMilli(),
                finished.report().duration().toNanos() / 1e9));
      }
    } else if (entry.event() instanceof RunEvent.SandboxCondemned condemned) {
      Set<TestId> rejudged = new HashSet<>(condemned.rejudged());
      attempts.removeIf(attempt ->
          !attempt.passed()
              && attempt.sandbox().equals(condemned.sandbox())
              && rejudged.contains(attempt.test()));
    } else if (entry.event() instanceof RunEvent.RunFinished) {
      Thread.ofPlatform().name("history").daemon().start(writing);
    }
  }

  /// Wait until the file is written.
  @Override
  public void close() throws IOException {
    writing.run(); // does nothing when it was begun
    try {
      writing.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  private @Nullable Void write() throws IOException, InterruptedException {
    if (!attempts.isEmpty()) {
      file.update(attempts.stream().map(this::key).collect(Collectors.toSet()), this::addTo);
    }
    return null;
  }

  private HistoryKey key(Attempt attempt) {
    return new HistoryKey(config, attempt.test().value());
  }

  private void addTo(History history) {
    for (Attempt attempt : attempts) {
      history.add(
          key(attempt),
          new Sample(run, attempt.at(), attempt.seconds()),
          attempt.passed(),
          capacity);
    }
  }
}
