package dev.offload.cli;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.AttemptReport;
import dev.offload.cli.terminal.SafeText;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Write what tests had to say, for people or as JSON.
final class JournalLogText {
  private JournalLogText() {}

  /// Say what is shown of a test.
  ///
  /// @param allAttempts whether all attempts are shown, rather than the first that failed, or the
  ///   last where none did
  /// @param output whether what the test wrote is shown
  record Shown(boolean allAttempts, boolean output) {}

  static void write(JournalLog.Entry entry, Shown shown, PrintWriter out) {
    out.println(
        "=== " + Console.oneLine(entry.test().id().value()) + " [" + entry.status() + "] ===");
    List<RunEvent.AttemptFinished> attempts = entry.attempts();
    if (attempts.isEmpty() && !entry.reason().isEmpty()) {
      SafeText.lines(entry.reason()).forEach(out::println);
    }
    if (!shown.allAttempts() && attempts.size() > 1) {
      attempts = List.of(mostTelling(attempts));
    }
    for (RunEvent.AttemptFinished attempt : attempts) {
      AttemptReport report = attempt.report();
      if (shown.allAttempts()) {
        out.println(
            "--- attempt %d: %s in %s, %s, %s s ---"
                .formatted(
                    attempt.attempt(),
                    word(report.outcome()).replace('_', ' '),
                    attempt.sandbox(),
                    attempt.batch(),
                    seconds(report.duration())));
      }
      String text = report.details().isEmpty() ? report.message() : report.details();
      SafeText.lines(text).stream().filter(line -> !text.isBlank()).forEach(out::println);
      if (shown.output()) {
        output("stdout", report.stdout(), out);
        output("stderr", report.stderr(), out);
      }
    }
    out.println();
  }

  private static RunEvent.AttemptFinished mostTelling(List<RunEvent.AttemptFinished> attempts) {
    return attempts.stream()
        .filter(attempt -> attempt.report().outcome().isFailure())
        .findFirst()
        .orElse(attempts.getLast());
  }

  private static void output(String name, String text, PrintWriter out) {
    if (!text.isEmpty()) {
      out.println("--- " + name + " ---");
      SafeText.lines(text).forEach(out::println);
    }
  }

  /// Write a list with one object for each test, each on a line of its own.
  static void writeJson(List<JournalLog.Entry> entries, PrintWriter out) {
    out.print("[");
    String separator = "\n";
    for (JournalLog.Entry entry : entries) {
      out.print(separator);
      json(entry, out);
      separator = ",\n";
    }
    out.println(entries.isEmpty() ? "]" : "\n]");
  }

  private static void json(JournalLog.Entry entry, PrintWriter out) {
    out.print("{");
    field("id", entry.test().id().value(), out);
    field(",group", entry.test().group(), out);
    field(",file", entry.test().file(), out);
    out.print(",\"line\":" + entry.test().line());
    field(",status", entry.status().name().toLowerCase(Locale.ROOT), out);
    if (entry.verdict() != null) {
      field(",verdict", word(entry.verdict()), out);
    }
    field(",reason", entry.reason(), out);
    out.print(",\"attempts\":[");
    String separator = "";
    for (RunEvent.AttemptFinished attempt : entry.attempts()) {
      AttemptReport report = attempt.report();
      out.print(separator + "{\"attempt\":" + attempt.attempt());
      field(",outcome", word(report.outcome()), out);
      field(",sandbox", attempt.sandbox().toString(), out);
      out.print(",\"batch\":" + attempt.batch().number());
      out.print(",\"started_secs\":" + seconds(attempt.started()));
      out.print(",\"duration_secs\":" + seconds(report.duration()));
      field(",message", report.message(), out);
      field(",details", report.details(), out);
      field(",stdout", report.stdout(), out);
      field(",stderr", report.stderr(), out);
      out.print("}");
      separator = ",";
    }
    out.print("]}");
  }

  /// A comma before the name is written before the quotes.
  private static void field(String name, String text, PrintWriter out) {
    boolean first = !name.startsWith(",");
    out.print(first ? "" : ",");
    out.print("\"" + (first ? name : name.substring(1)) + "\":" + JsonText.quoted(text));
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toNanos(), 9)
        .setScale(3, RoundingMode.HALF_UP)
        .toPlainString();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
