package dev.offload.cli.terminal;

import dev.offload.api.report.TestResult;
import dev.offload.api.test.Verdict;
import java.util.EnumMap;
import java.util.Map;

/// Word the last line about a run. It always has the same form, so that it can be searched for.
final class SummaryLine {
  private SummaryLine() {}

  static String of(RunView view) {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    int excused = 0;
    for (TestResult test : view.results().tests()) {
      if (test.isExcused()) {
        excused++;
      } else {
        counts.merge(test.verdict(), 1, Integer::sum);
      }
    }
    return "Offload: "
        + Words.count(view.results().total(), "test")
        + ": "
        + count(counts, Verdict.PASSED)
        + " passed, "
        + count(counts, Verdict.FAILED)
        + " failed, "
        + count(counts, Verdict.FLAKY)
        + " flaky, "
        + count(counts, Verdict.SKIPPED)
        + " skipped, "
        + count(counts, Verdict.NOT_RUN)
        + " not run"
        + (excused > 0 ? ", " + Words.number(excused) + " quarantined" : "")
        + " in "
        + Words.exact(view.duration())
        + (view.results().isFinished()
            ? " (exit " + view.results().exitCode() + ")"
            : " (the run was cut off)");
  }

  private static String count(Map<Verdict, Integer> counts, Verdict verdict) {
    return Words.number(counts.getOrDefault(verdict, 0));
  }
}
