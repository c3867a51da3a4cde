package dev.offload.cli.terminal;

import dev.offload.api.event.EventRecord;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Verdict;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Say at the end of a run, and not before, what a program or a language model needs to go on: one
/// block for each failure, with cause, place, evidence and the command that repeats it. Plain text
/// without colours, of bounded length.
public final class AgentReporter implements Reporter {
  private static final int MAX_BLOCKS = 20;
  private static final int MAX_NAMED = 50;
  private static final int FIRST_LINES = 8;
  private static final int LAST_LINES = 24;
  private static final int OUTPUT_LINES = 10;
  private static final int MAX_LINE = 400;

  private final RunView view = new RunView();
  private final PrintWriter out;

  /// Make one.
  ///
  /// @param out where programs read
  public AgentReporter(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void accept(EventRecord entry) {
    view.accept(entry);
  }

  @Override
  public void close() {
    List<TestResult> tests =
        view.results().tests().stream().filter(test -> !test.isExcused()).toList();
    failures(tests.stream().filter(test -> test.verdict() == Verdict.FAILED).toList());
    flaky(tests.stream().filter(test -> test.verdict() == Verdict.FLAKY).toList());
    notRun(tests.stream().filter(test -> test.verdict() == Verdict.NOT_RUN).toList());
    for (String degraded : view.results().degraded()) {
      line("DEGRADED " + one(degraded));
    }
    if (!view.results().endReason().isEmpty()) {
      line("ENDED EARLY " + one(view.results().endReason()));
    }
    line(SummaryLine.of(view));
    out.flush();
  }

  private void failures(List<TestResult> failed) {
    for (TestResult test : failed.subList(0, Math.min(MAX_BLOCKS, failed.size()))) {
      block(test);
    }
    if (failed.size() > MAX_BLOCKS) {
      List<TestResult> more = failed.subList(MAX_BLOCKS, failed.size());
      line("MORE FAILURES " + more.size());
      for (TestResult test : more.subList(0, Math.min(MAX_NAMED, more.size()))) {
        line("  " + id(test) + ": " + cause(test));
      }
      line("  all of them: offload logs --failures");
      line("");
    }
    if (failed.size() > 1) {
      line("REPEAT ALL " + repeat().failed());
      line("");
    }
  }

  private void flaky(List<TestResult> flaky) {
    for (TestResult test : flaky.subList(0, Math.min(MAX_NAMED, flaky.size()))) {
      String reason = SafeText.firstLine(test.reason());
      line("FLAKY " + id(test) + ": " + SafeText.clipEnd(reason, MAX_LINE, "..."));
    }
    if (flaky.size() > MAX_NAMED) {
      line("MORE FLAKY " + (flaky.size() - MAX_NAMED) + ": offload logs --failures");
    }
  }

  private RepeatCommand repeat() {
    return new RepeatCommand(view.configFile());
  }

  private void block(TestResult test) {
    line("FAILED " + id(test));
    line("cause: " + cause(test));
    String place = FailurePlace.of(test);
    if (!place.isEmpty()) {
      line("place: " + SafeText.line(place));
    }
    if (test.attempts().size() > 1) {
      test.attempts()
          .forEach(attempt -> line(FailureText.inWords(attempt, new Palette(false, false))));
    }
    test.decidingAttempt()
        .ifPresent(attempt -> {
          AttemptReport report = attempt.report();
          evidence(test, report);
          text("stdout", report.stdout(), 0, OUTPUT_LINES);
          text("stderr", report.stderr(), 0, OUTPUT_LINES);
        });
    line("repeat: " + repeat().test(test.test().id().value()));
    line("");
  }

  /// Say what is known beyond the cause.
  private void evidence(TestResult test, AttemptReport report) {
    String text = report.details().isEmpty() ? report.message() : report.details();
    if (!SafeText.lines(text).equals(List.of(cause(test)))) {
      text("evidence", text, FIRST_LINES, LAST_LINES);
    }
  }

  private static String cause(TestResult test) {
    String message =
        test.decidingAttempt().map(attempt -> attempt.report().message()).orElse(test.reason());
    String first = SafeText.firstLine(message.isEmpty() ? test.reason() : message);
    return SafeText.clipEnd(first.isEmpty() ? "no reason was given" : first, MAX_LINE, "...");
  }

  private void text(String title, String text, int first, int last) {
    List<String> lines = SafeText.lines(text);
    if (lines.isEmpty()) {
      return;
    }
    line(title + ":");
    int left = lines.size() - first - last;
    List<String> shown = new ArrayList<>(lines);
    if (left > 1) {
      shown = new ArrayList<>(lines.subList(0, first));
      shown.add("[" + left + " lines left out: offload logs --output --test ID]");
      shown.addAll(lines.subList(lines.size() - last, lines.size()));
    }
    shown.forEach(each -> line("  " + SafeText.clipEnd(each, MAX_LINE, "...")));
  }

  private void notRun(List<TestResult> notRun) {
    Map<String, List<TestResult>> byReason = new LinkedHashMap<>();
    for (TestResult test : notRun) {
      byReason
          .computeIfAbsent(String.join("\n", SafeText.lines(test.reason())), _ -> new ArrayList<>())
          .add(test);
    }
    byReason.entrySet().stream()
        .limit(MAX_BLOCKS)
        .forEach(entry -> {
          line(
              "NOT RUN "
                  + entry.getValue().size()
                  + ", the first: "
                  + id(entry.getValue().getFirst()));
          text(
              "cause",
              entry.getKey().isEmpty() ? "the run was cut off" : entry.getKey(),
              FIRST_LINES,
              LAST_LINES);
          line("repeat: " + repeat().failed());
          line("");
        });
  }

  private static String id(TestResult test) {
    return SafeText.line(test.test().id().value());
  }

  private static String one(String text) {
    return String.join(" / ", SafeText.lines(text));
  }

  private void line(String line) {
    out.print(line);
    out.print('\n');
  }
}
