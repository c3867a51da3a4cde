package dev.offload.cli.terminal;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.test.AttemptReport;

/// Keep of the texts of attempts only what may be shown at the end, so that memory is bounded.
final class TextStore {
  private static final int MAX_TEXT = 16_000;
  private static final long ALL = 8L << 20;
  private static final int MAX_MESSAGE = 500;

  private long used;

  EventRecord shorten(EventRecord entry) {
    if (!(entry.event() instanceof RunEvent.AttemptFinished end)) {
      return entry;
    }
    AttemptReport report = end.report();
    boolean keep = report.outcome().isFailure() && used < ALL;
    AttemptReport kept =
        new AttemptReport(
            report.outcome(),
            report.duration(),
            head(report.message()),
            keep ? bothEnds(report.details()) : "",
            keep ? bothEnds(report.stdout()) : "",
            keep ? bothEnds(report.stderr()) : "");
    used += kept.details().length() + kept.stdout().length() + kept.stderr().length();
    return entry.with(end.with(kept));
  }

  private static String head(String text) {
    return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE) + " ...";
  }

  private static String bothEnds(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    int left = text.length() - MAX_TEXT;
    return text.substring(0, MAX_TEXT / 4)
        + "\n[... "
        + Words.number(left)
        + " characters ...]\n"
        + text.substring(text.length() - MAX_TEXT / 4 * 3);
  }
}
