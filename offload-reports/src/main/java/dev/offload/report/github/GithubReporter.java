package dev.offload.report.github;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.RunResults;
import dev.offload.api.report.Surroundings;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Verdict;
import dev.offload.report.text.PlainText;
import dev.offload.report.text.TextBudget;
import dev.offload.report.timeline.RunTimeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/// Show a run in GitHub Actions; what and how is documented in `docs/guides/ci.md`.
///
/// It belongs behind the reporter that writes people's output: from the begin of the run to its own
/// end it lets the runner understand no commands but its own.
public final class GithubReporter implements Reporter {
  /// GitHub refuses a summary that is larger.
  private static final int SUMMARY_LIMIT = 1 << 20;

  private static final int GROUPS = 50;

  private final Surroundings surroundings;
  private final WorkflowLog log;
  private final RunResults results = new RunResults();
  private final RunTimeline timeline = new RunTimeline();
  private final TextBudget budget = new TextBudget(2_000_000, 3_000_000);
  private boolean stopped;

  /// Make one.
  ///
  /// @param token a text that nobody can guess, by which the runner knows our commands
  public GithubReporter(Surroundings surroundings, String token) {
    this.surroundings = surroundings;
    this.log = new WorkflowLog(surroundings.lines(), token);
  }

  @Override
  public void accept(EventRecord entry) {
    if (!stopped) {
      log.stop();
      stopped = true;
    }
    timeline.accept(entry);
    results.accept(
        entry.event() instanceof RunEvent.AttemptFinished end
            ? entry.with(end.with(budget.shorten(end.report())))
            : entry);
  }

  @Override
  public void close() throws IOException {
    if (!stopped) {
      return;
    }
    log.resume();
    new Annotations(results, surroundings).choose().forEach(log::annotate);
    List<TestResult> failed =
        results.tests().stream().filter(test -> test.verdict() == Verdict.FAILED).toList();
    failed.stream().limit(GROUPS).forEach(test -> log.group(title(test), texts(test)));
    if (failed.size() > GROUPS) {
      log.group((failed.size() - GROUPS) + " more failed", "See report.html or junit.xml.");
    }
    writeSummary(new StepSummary(results, timeline));
  }

  private static String title(TestResult test) {
    return "failed: " + PlainText.name(test.test().id().value());
  }

  private static String texts(TestResult test) {
    StringBuilder text = new StringBuilder();
    boolean told =
        test.attempts().stream().anyMatch(a -> a.report().message().equals(test.reason()));
    if (!told) {
      append(text, "", test.reason());
    }
    for (TestResult.Attempt attempt : test.attempts()) {
      AttemptReport report = attempt.report();
      text.append("--- attempt ").append(attempt.number());
      text.append(attempt.sandbox().number() > 0 ? " in " + attempt.sandbox() + ": " : ": ");
      String outcome = report.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      text.append(report.message().isEmpty() ? outcome : report.message()).append('\n');
      if (!report.details().strip().equals(report.message())) {
        append(text, "", report.details());
      }
      append(text, "--- standard output\n", report.stdout());
      append(text, "--- standard error\n", report.stderr());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String title, String body) {
    if (!body.isEmpty()) {
      text.append(title).append(body).append(body.endsWith("\n") ? "" : "\n");
    }
  }

  private void writeSummary(StepSummary summary) throws IOException {
    String file = surroundings.variable("GITHUB_STEP_SUMMARY");
    if (file.isEmpty()) {
      return;
    }
    Path path = surroundings.project().resolve(file);
    long there = Files.exists(path) ? Files.size(path) : 0;
    Files.write(
        path,
        summary.render(SUMMARY_LIMIT - there).getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
