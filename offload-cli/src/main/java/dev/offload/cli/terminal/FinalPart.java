package dev.offload.cli.terminal;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Verdict;
import dev.offload.cli.terminal.Palette.Tone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/// Render what is said at the end of a run. The last line always has the same form, so that it can
/// be searched for.
final class FinalPart {
  private static final int MAX_FAILURES = 20;
  private static final int MAX_NAMED = 20;
  private static final int MAX_SLOW = 10;
  private static final int EVIDENCE_LINES = 30;
  private static final int MAX_PER_REASON = 5;
  private static final Duration WORTH_NAMING = Duration.ofMillis(100);

  private final RunView view;
  private final RunResults results;
  private final Palette palette;
  private final ReportContext context;
  private final IntSupplier columns;
  private final List<String> out = new ArrayList<>();

  /// Make one.
  ///
  /// @param columns where Offload's own sentences are broken
  FinalPart(RunView view, Palette palette, ReportContext context, IntSupplier columns) {
    this.view = view;
    this.columns = columns;
    this.results = view.results();
    this.palette = palette;
    this.context = context;
  }

  List<String> render() {
    out.clear();
    Map<Verdict, List<TestResult>> tests =
        results.tests().stream()
            .filter(test -> !test.isExcused())
            .collect(Collectors.groupingBy(TestResult::verdict));
    addFailures(tests.getOrDefault(Verdict.FAILED, List.of()));
    addTimedOut(results.tests());
    addFlaky(tests.getOrDefault(Verdict.FLAKY, List.of()));
    addNotRun(tests.getOrDefault(Verdict.NOT_RUN, List.of()));
    addQuarantined(results.tests());
    addSlowest(results.tests());
    out.addAll(new RunFacts(view, palette, context, columns.getAsInt()).render());
    out.add("");
    out.add(lastLine());
    return out;
  }

  private void title(Tone tone, String title) {
    out.add("");
    out.add(palette.paint(tone, title));
  }

  private void addFailures(List<TestResult> failed) {
    if (failed.isEmpty()) {
      return;
    }
    title(Tone.BAD, "Failures (" + Words.number(failed.size()) + ")");
    for (TestResult test : failed.subList(0, Math.min(MAX_FAILURES, failed.size()))) {
      out.add("");
      out.addAll(new FailureText(test, palette).render());
    }
    if (failed.size() > MAX_FAILURES) {
      out.add("");
      out.add("  further failures, without their text:");
      addNames(failed.subList(MAX_FAILURES, failed.size()), "  ", MAX_NAMED);
    }
  }

  private void addNames(List<TestResult> tests, String indent, int limit) {
    for (TestResult test : tests.subList(0, Math.min(limit, tests.size()))) {
      out.add(indent + name(test));
    }
    if (tests.size() > limit) {
      out.add(indent + "and " + Words.number(tests.size() - limit) + " more");
    }
  }

  private void addTimedOut(List<TestResult> all) {
    List<TestResult> late =
        all.stream()
            .filter(test ->
                test.attempts().stream()
                    .anyMatch(a -> a.report().outcome() == Outcome.TIMED_OUT && !a.voided()))
            .toList();
    if (!late.isEmpty()) {
      title(Tone.BAD, "Timed out (" + Words.number(late.size()) + ")");
      for (TestResult test : late.subList(0, Math.min(MAX_NAMED, late.size()))) {
        Duration longest =
            test.attempts().stream()
                .filter(attempt -> attempt.report().outcome() == Outcome.TIMED_OUT)
                .map(attempt -> attempt.report().duration())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        String verdict = test.verdict() == Verdict.FLAKY ? ", passed on retry" : "";
        out.add("  " + name(test) + " (" + Words.exact(longest) + verdict + ")");
      }
      addMore(late.size());
    }
  }

  private void addMore(int size) {
    if (size > MAX_NAMED) {
      out.add("  and " + Words.number(size - MAX_NAMED) + " more");
    }
  }

  private void addFlaky(List<TestResult> flaky) {
    if (flaky.isEmpty()) {
      return;
    }
    title(Tone.ODD, "Flaky (" + Words.number(flaky.size()) + "): passed after a failed attempt");
    for (TestResult test : flaky.subList(0, Math.min(MAX_NAMED, flaky.size()))) {
      out.add("  " + name(test));
      for (TestResult.Attempt attempt : test.attempts()) {
        out.add("    " + FailureText.inWords(attempt, palette));
      }
    }
    addMore(flaky.size());
  }

  private void addNotRun(List<TestResult> notRun) {
    if (notRun.isEmpty()) {
      return;
    }
    title(Tone.ODD, "Not run (" + Words.number(notRun.size()) + ")");
    Map<String, List<TestResult>> byReason = new LinkedHashMap<>();
    for (TestResult test : notRun) {
      byReason.computeIfAbsent(reason(test), _ -> new ArrayList<>()).add(test);
    }
    int shown = 0;
    for (Map.Entry<String, List<TestResult>> reason : byReason.entrySet()) {
      if (++shown > MAX_NAMED) {
        out.add("  and " + Words.number(byReason.size() - MAX_NAMED) + " further reasons");
        break;
      }
      String count = Words.count(reason.getValue().size(), "test");
      out.add("  " + count + ": " + reason.getKey());
      addNames(reason.getValue(), "    ", MAX_PER_REASON);
      addEvidence(reason.getValue().getFirst());
    }
  }

  /// Say what the command said last, when it ended without running its tests.
  private void addEvidence(TestResult test) {
    List<String> lines = SafeText.lines(test.reason());
    if (lines.size() > 1) {
      int from = Math.max(1, lines.size() - EVIDENCE_LINES);
      out.add("    " + palette.paint(Tone.FAINT, "--- the last output ---"));
      lines.subList(from, lines.size()).forEach(line -> out.add("    " + line));
    }
  }

  private String reason(TestResult test) {
    if (!test.decided() && !results.isFinished()) {
      return "the run was cut off";
    }
    String reason = Words.notRunReason(test.reason());
    return reason.isEmpty() ? "reason unknown" : reason;
  }

  private void addQuarantined(List<TestResult> all) {
    List<TestResult> quarantined = all.stream().filter(test -> test.quarantine() != null).toList();
    if (quarantined.isEmpty()) {
      return;
    }
    long excused = quarantined.stream().filter(TestResult::isExcused).count();
    title(
        Tone.ODD,
        "Quarantined (" + Words.number(quarantined.size()) + "): they do not change the exit code");
    quarantined.stream()
        .filter(TestResult::isExcused)
        .limit(MAX_NAMED)
        .forEach(test -> {
          String label = test.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ');
          String reason = SafeText.firstLine(test.reason());
          out.add("  " + name(test) + ": " + label + (reason.isEmpty() ? "" : ", " + reason));
          out.add("    " + SafeText.line(Objects.requireNonNull(test.quarantine()).inWords()));
        });
    addMore((int) excused);
    long passed = quarantined.stream().filter(test -> test.verdict() == Verdict.PASSED).count();
    if (passed > 0) {
      out.add("  " + Words.count(passed, "other") + " passed");
    }
  }

  private void addSlowest(List<TestResult> all) {
    List<TestResult> slow =
        all.stream()
            .filter(test -> test.decidingDuration().compareTo(WORTH_NAMING) >= 0)
            .sorted(Comparator.comparing(TestResult::decidingDuration).reversed())
            .limit(MAX_SLOW)
            .toList();
    if (!slow.isEmpty()) {
      title(Tone.STRONG, "Slowest");
      for (TestResult test : slow) {
        out.add(String.format("%10s  %s", Words.exact(test.decidingDuration()), name(test)));
      }
    }
  }

  private String lastLine() {
    boolean good = results.isFinished() && results.exitCode() == 0;
    boolean odd = results.isFinished() && results.exitCode() == 2;
    return palette.paint(good ? Tone.GOOD : odd ? Tone.ODD : Tone.BAD, SummaryLine.of(view));
  }

  private static String name(TestResult test) {
    return SafeText.line(test.test().id().value());
  }
}
