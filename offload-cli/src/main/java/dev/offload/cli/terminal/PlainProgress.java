package dev.offload.cli.terminal;

import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Decide when a log without a live area gets a line about the progress: at most every two seconds,
/// for every 5 % or every ten seconds, at the end, and whenever nothing was written for half a
/// minute.
final class PlainProgress {
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONG_PAUSE = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final int STEP = 5;
  private static final int MAX_RUNNING = 3;

  private final RunView view;
  private Instant lineAt = Instant.EPOCH;
  private Instant outputAt = Instant.EPOCH;
  private int decided;
  private long percent;

  PlainProgress(RunView view) {
    this.view = view;
  }

  /// Note that something else was written.
  void written(Instant now) {
    outputAt = now;
  }

  /// Return the line that is due now, if one is.
  Optional<String> due(Instant now) {
    if (!view.isStarted()) {
      return Optional.empty();
    }
    if (outputAt.equals(Instant.EPOCH)) {
      outputAt = now;
      lineAt = now;
    }
    if (advanced(now)) {
      return line(now, "");
    }
    boolean silent = Duration.between(outputAt, now).compareTo(SILENCE) >= 0;
    return silent ? line(now, heartbeat(now)) : Optional.empty();
  }

  private boolean advanced(Instant now) {
    if (view.total() == 0 || view.decided() == decided) {
      return false;
    }
    if (view.decided() == view.total()) {
      return true;
    }
    Duration pause = Duration.between(lineAt, now);
    return pause.compareTo(LONG_PAUSE) >= 0
        || (pause.compareTo(LEAST_PAUSE) >= 0 && percentNow() >= percent + STEP);
  }

  private long percentNow() {
    return 100L * view.decided() / view.total();
  }

  private Optional<String> line(Instant now, String more) {
    lineAt = now;
    outputAt = now;
    if (view.total() == 0) {
      return more.isEmpty() ? Optional.empty() : Optional.of("[ci] " + more);
    }
    decided = view.decided();
    percent = percentNow();
    return Optional.of("[ci] " + counts() + (more.isEmpty() ? "" : " | " + more));
  }

  private String counts() {
    String counts =
        percent
            + "% | passed: "
            + view.count(Verdict.PASSED)
            + ", failed: "
            + view.count(Verdict.FAILED)
            + ", flaky: "
            + view.count(Verdict.FLAKY)
            + ", awaiting: "
            + (view.total() - view.decided());
    int skipped = view.count(Verdict.SKIPPED);
    int notRun = view.count(Verdict.NOT_RUN);
    return counts
        + (skipped > 0 ? ", skipped: " + skipped : "")
        + (notRun > 0 ? ", not run: " + notRun : "")
        + (view.excused() > 0 ? ", quarantined: " + view.excused() : "");
  }

  private String heartbeat(Instant now) {
    List<RunView.Running> longest = view.longestRunning(MAX_RUNNING);
    String elapsed = " after " + Words.rough(view.elapsed(now));
    if (longest.isEmpty()) {
      String phase = view.phase();
      return phase.isEmpty()
          ? "no test is running" + elapsed + ", " + view.readySandboxes() + " sandboxes are ready"
          : "still busy with " + SafeText.line(phase) + elapsed;
    }
    return "longest running: "
        + longest.stream().map(running -> inWords(running, now)).collect(Collectors.joining(", "));
  }

  private static String inWords(RunView.Running running, Instant now) {
    return SafeText.line(running.attempt().test().value())
        + " ("
        + Words.rough(Duration.between(running.since(), now))
        + " in "
        + running.sandbox()
        + ")";
  }
}
