package dev.offload.report.text;

import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;

/// Keep the texts of a report within bounds, for the sake of memory and of readers that refuse big
/// files: each text by itself, and all of them together. The journal holds what is left out.
public final class TextBudget {
  private static final int MAX_MESSAGE = 1000;
  private static final int MAX_DETAILS = 1 << 16;
  private static final int MAX_OUTPUT = 1 << 14;
  private static final int MAX_TIGHT = 1 << 11;

  private final long plenty;
  private final long all;
  private long used;

  /// Make one that has given out nothing.
  ///
  /// @param plenty up to how many bytes in all texts are cut at their usual length; behind that
  ///   they are cut short
  /// @param all behind how many bytes texts are left out
  public TextBudget(long plenty, long all) {
    this.plenty = plenty;
    this.all = all;
  }

  /// Return whether texts still have their usual length.
  public boolean isPlenty() {
    return used < plenty;
  }

  /// Return a report with what fits of its texts. Of a test that passed only the message is kept.
  public AttemptReport shorten(AttemptReport report) {
    Outcome outcome = report.outcome();
    if (outcome == Outcome.PASSED) {
      return AttemptReport.of(outcome, report.duration(), head(report.message(), MAX_MESSAGE), "");
    }
    return cut(report);
  }

  /// Return a report with what fits of its texts, whatever its outcome.
  public AttemptReport cut(AttemptReport report) {
    boolean any = used < all;
    int details = isPlenty() ? MAX_DETAILS : any ? MAX_TIGHT : 0;
    int output = isPlenty() ? MAX_OUTPUT : any ? MAX_TIGHT : 0;
    AttemptReport kept =
        new AttemptReport(
            report.outcome(),
            report.duration(),
            head(report.message(), MAX_MESSAGE),
            middleOut(report.details(), details),
            middleOut(report.stdout(), output),
            middleOut(report.stderr(), output));
    used += size(kept.details()) + size(kept.stdout()) + size(kept.stderr());
    return kept;
  }

  /// Return about how many bytes a text takes in the file.
  private static int size(String text) {
    int size = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      size += c >= 0x800 ? 3 : c >= 0x80 ? 2 : c == '<' || c == '>' || c == '&' ? 5 : 1;
    }
    return size;
  }

  private static String head(String text, int limit) {
    return text.length() <= limit ? text : text.substring(0, limit) + " …";
  }

  private static String middleOut(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    if (limit == 0) {
      return "[" + text.length() + " characters left out: see events.jsonl]";
    }
    int left = text.length() - limit;
    return text.substring(0, limit / 2)
        + "\n[… "
        + left
        + " characters left out: see events.jsonl …]\n"
        + text.substring(text.length() - limit / 2);
  }
}
