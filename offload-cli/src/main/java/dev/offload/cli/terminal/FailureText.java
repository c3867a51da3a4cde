package dev.offload.cli.terminal;

import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.cli.terminal.Palette.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Render one failed test with the text of its last failure, shortened in the middle.
///
/// @param test the test
/// @param palette the colours
record FailureText(TestResult test, Palette palette) {
  private static final int FIRST_LINES = 12;
  private static final int LAST_LINES = 32;
  private static final int OUTPUT_LINES = 8;
  private static final int MAX_LINE = 2000;

  List<String> render() {
    List<String> out = new ArrayList<>();
    TestResult.Attempt shown = test.decidingAttempt().orElse(null);
    String label = shown == null ? "FAILED" : Words.label(shown.report().outcome());
    out.add(
        palette.paint(Tone.BAD, label)
            + " "
            + palette.paint(Tone.STRONG, SafeText.line(test.test().id().value())));
    if (test.attempts().size() > 1 || shown == null) {
      for (TestResult.Attempt attempt : test.attempts()) {
        out.add("  " + inWords(attempt, palette));
      }
    }
    if (shown == null) {
      addLines(out, List.of(SafeText.line(test.reason())));
      return out;
    }
    AttemptReport report = shown.report();
    if (report.details().isEmpty()) {
      addLines(out, SafeText.lines(report.message().isEmpty() ? test.reason() : report.message()));
    } else {
      addMessage(out, report);
      addLines(out, shortened(SafeText.lines(report.details())));
    }
    addOutput(out, "stdout", report.stdout());
    addOutput(out, "stderr", report.stderr());
    return out;
  }

  /// Add the message of the only attempt, where its text does not say it too.
  private void addMessage(List<String> out, AttemptReport report) {
    String message = SafeText.firstLine(report.message());
    if (test.attempts().size() == 1
        && SafeText.lines(report.details()).stream().noneMatch(line -> line.contains(message))) {
      addLines(out, List.of(message));
    }
  }

  private List<String> shortened(List<String> lines) {
    int left = lines.size() - FIRST_LINES - LAST_LINES;
    if (left <= 1) {
      return lines;
    }
    List<String> kept = new ArrayList<>(lines.subList(0, FIRST_LINES));
    kept.add(
        palette.paint(
            Tone.FAINT,
            "[" + Words.count(left, "line") + " left out: `offload logs --failures` has all]"));
    kept.addAll(lines.subList(lines.size() - LAST_LINES, lines.size()));
    return kept;
  }

  private void addOutput(List<String> out, String stream, String text) {
    List<String> lines = SafeText.lines(text);
    if (lines.isEmpty()) {
      return;
    }
    int left = Math.max(0, lines.size() - OUTPUT_LINES);
    String title = left == 0 ? stream : stream + ", the last " + OUTPUT_LINES + " lines";
    out.add("  " + palette.paint(Tone.FAINT, "--- " + title + " ---"));
    addLines(out, lines.subList(left, lines.size()));
  }

  private void addLines(List<String> out, List<String> lines) {
    for (String line : lines) {
      out.add(line.isEmpty() ? "" : "  " + SafeText.clipEnd(line, MAX_LINE, palette.ellipsis()));
    }
  }

  /// Return `attempt 1: failed in sb-2, 1.2 s: AssertionError`.
  static String inWords(TestResult.Attempt attempt, Palette palette) {
    AttemptReport report = attempt.report();
    String message = SafeText.firstLine(report.message());
    return "attempt "
        + attempt.number()
        + ": "
        + Words.label(report.outcome()).toLowerCase(Locale.ROOT)
        + (attempt.sandbox().number() > 0 ? " in " + attempt.sandbox() : "")
        + ", "
        + Words.exact(report.duration())
        + (attempt.voided() ? " (void: the sandbox was replaced)" : "")
        + (message.isEmpty() ? "" : ": " + SafeText.clipEnd(message, 200, palette.ellipsis()));
  }
}
