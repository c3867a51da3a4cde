package dev.offload.cli.terminal;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.cli.terminal.Palette.Tone;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Choose the events that get a line of their own while the run goes on, and word it: failures and
/// incidents always, everything else when asked to be verbose.
final class EventLines {
  private static final int MOST_LINES = 6;

  private static final int MAX_MESSAGE = 300;
  private static final int MAX_NAMES = 3;

  private final RunView view;
  private final Palette palette;
  private final boolean verbose;
  private final Set<TestId> shown = new HashSet<>();
  private final Map<String, Integer> notRunReasons = new HashMap<>();

  EventLines(RunView view, Palette palette, boolean verbose) {
    this.view = view;
    this.palette = palette;
    this.verbose = verbose;
  }

  /// Return the lines of an event that [#view] has already taken.
  List<String> of(RunEvent event) {
    return switch (event) {
      case RunEvent.RunStarted it -> List.of(started(it));
      case RunEvent.PhaseFinished it ->
          verbose || it.duration().toSeconds() >= 1
              ? faint(it.phase() + ": " + Words.exact(it.duration()))
              : List.of();
      case RunEvent.TestsDiscovered it ->
          faint(Words.count(it.tests().size(), "test") + " in group " + SafeText.line(it.group()));
      case RunEvent.ShardSelected it ->
          faint(
              "shard "
                  + it.index()
                  + " of "
                  + it.count()
                  + " of a suite of "
                  + Words.count(it.suiteSize(), "test"));
      case RunEvent.TestsQuarantined it ->
          faint(
              Words.count(it.tests().size(), "test")
                  + " quarantined: "
                  + SafeText.line(it.quarantine().inWords()));
      case RunEvent.Warning it -> incident("warning", it.message());
      case RunEvent.Degraded it -> incident("degraded", it.message());
      case RunEvent.SandboxReady it -> chatter(it.sandbox() + " is ready: " + it.handle());
      case RunEvent.SandboxStartFailed it ->
          incident("sandbox", it.sandbox() + " did not start: " + it.reason());
      case RunEvent.SandboxSuspected it -> chatter(it.sandbox() + " may be lost: " + it.reason());
      case RunEvent.SandboxHeard it -> chatter(it.sandbox() + " gives signs of life again");
      case RunEvent.SandboxLost it ->
          incident(
              "sandbox",
              it.sandbox() + " is lost: " + it.death().inWords() + inFlight(it.inFlight()));
      case RunEvent.SandboxCondemned it ->
          incident("sandbox", it.sandbox() + " is replaced: " + it.reason() + again(it.rejudged()));
      case RunEvent.BatchStarted it ->
          chatter(
              it.batch()
                  + (it.hedge() ? " (hedge)" : "")
                  + " begins in "
                  + it.sandbox()
                  + ": "
                  + Words.count(it.tests().size(), "test"));
      case RunEvent.BatchEnded it ->
          chatter(it.batch() + " ended in " + it.sandbox() + ": " + it.end());
      case RunEvent.AttemptFinished it -> attempt(it);
      case RunEvent.TestDecided it -> decided(it);
      case RunEvent.RunFinished it ->
          it.reason().isEmpty()
              ? List.of()
              : incident("the run ended early", SafeText.firstLine(it.reason()));
      case RunEvent.PhaseStarted _,
          RunEvent.Progress _,
          RunEvent.TestsWithdrawn _,
          RunEvent.DiscoveryEnded _,
          RunEvent.DurationsExpected _,
          RunEvent.SandboxStarting _,
          RunEvent.SandboxClosed _,
          RunEvent.AttemptStarted _ ->
          List.of();
    };
  }

  private String started(RunEvent.RunStarted it) {
    String what =
        "Offload "
            + it.version()
            + ": "
            + it.framework()
            + " on "
            + it.provider()
            + ", up to "
            + Words.count(it.maxParallel(), "sandbox");
    return palette.paint(
        Tone.FAINT, SafeText.line(what + " (" + it.configFile() + ", run " + it.runId() + ")"));
  }

  private List<String> attempt(RunEvent.AttemptFinished it) {
    AttemptReport report = it.report();
    Outcome outcome = report.outcome();
    if (!outcome.isFailure() && !verbose) {
      return List.of();
    }
    if (outcome.isFailure()) {
      shown.add(it.test());
    }
    Tone tone =
        outcome.isFailure() && !view.isQuarantined(it.test())
            ? Tone.BAD
            : outcome == Outcome.PASSED ? Tone.GOOD : Tone.ODD;
    return List.of(
        head(tone, Words.label(outcome), it.test())
            + circumstances(it)
            + tail(report.message().isEmpty() ? report.details() : report.message()));
  }

  /// Return `(attempt 1 of up to 3, sb-1, 12 ms)`. What was found out without a sandbox, such as a
  /// file that cannot be collected, is not tried again.
  private String circumstances(RunEvent.AttemptFinished it) {
    List<String> parts = new ArrayList<>();
    if (view.isQuarantined(it.test()) && it.report().outcome().isFailure()) {
      parts.add("quarantined");
    }
    if (it.sandbox().number() > 0) {
      int retries = view.retries(it.test());
      if (it.attempt() > 1 || (retries > 0 && it.report().outcome().isFailure())) {
        // Attempts that were not charged for make more than the retries allow.
        String most = it.attempt() <= retries + 1 ? " of up to " + (retries + 1) : "";
        parts.add("attempt " + it.attempt() + most);
      }
      parts.add(it.sandbox().toString());
    }
    if (!it.report().duration().isZero()) {
      parts.add(Words.exact(it.report().duration()));
    }
    return parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
  }

  private List<String> decided(RunEvent.TestDecided it) {
    return switch (it.verdict()) {
      case PASSED, SKIPPED -> List.of();
      case FLAKY -> List.of(head(Tone.ODD, "FLAKY", it.test()) + tail(it.reason()));
      case FAILED ->
          shown.contains(it.test())
              ? List.of()
              : List.of(head(Tone.BAD, "FAILED", it.test()) + tail(it.reason()));
      case NOT_RUN ->
          notRunReasons.merge(it.reason(), 1, Integer::sum) == 1
              ? List.of(
                  head(Tone.ODD, "NOT RUN", it.test()) + tail(Words.notRunReason(it.reason())))
              : List.of();
    };
  }

  private String head(Tone tone, String label, TestId test) {
    return palette.paint(tone, label) + " " + SafeText.line(test.value());
  }

  private String tail(String message) {
    String line = SafeText.firstLine(message);
    return line.isEmpty() ? "" : ": " + SafeText.clipEnd(line, MAX_MESSAGE, palette.ellipsis());
  }

  private List<String> incident(String subject, String message) {
    return List.of(
        palette.paint(Tone.ODD, subject) + (subject.equals("sandbox") ? " " : ": ") + one(message));
  }

  /// Return a message in one line. Of a long one its ends are enough here: the whole is told at the
  /// end of the run, or is in `events.jsonl`.
  private String one(String message) {
    List<String> lines = SafeText.lines(message);
    return lines.size() <= MOST_LINES
        ? String.join(" / ", lines)
        : lines.getFirst() + " / " + palette.ellipsis() + " / " + lines.getLast();
  }

  private List<String> chatter(String message) {
    return verbose ? faint(SafeText.line(message)) : List.of();
  }

  private List<String> faint(String message) {
    return List.of(palette.paint(Tone.FAINT, message));
  }

  private static String inFlight(List<TestId> tests) {
    return tests.isEmpty() ? "; no test was running in it" : "; running in it: " + names(tests);
  }

  private static String again(List<TestId> tests) {
    return tests.isEmpty() ? "" : "; judged again elsewhere: " + names(tests);
  }

  private static String names(List<TestId> tests) {
    String names =
        String.join(
            ", ", tests.stream().limit(MAX_NAMES).map(t -> SafeText.line(t.value())).toList());
    int more = tests.size() - MAX_NAMES;
    return more > 0 ? names + " and " + Words.number(more) + " more" : names;
  }
}
