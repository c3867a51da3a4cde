package dev.offload.report.github;

import dev.offload.api.report.RunResults;
import dev.offload.api.report.Surroundings;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Choose what is worth one of the few annotations that GitHub shows of a step: first one failure
/// of each cause, then that tests could not be run, then other failures, then flaky tests.
///
/// @param results all that is known
/// @param surroundings where the project is
record Annotations(RunResults results, Surroundings surroundings) {
  private static final int MOST = 10;
  private static final int LINES = 12;
  private static final int LENGTH = 2_000;

  List<Annotation> choose() {
    List<TestResult> judged =
        results.tests().stream().filter(test -> test.quarantine() == null).toList();
    Map<String, List<TestResult>> causes =
        with(judged, Verdict.FAILED)
            .collect(
                Collectors.groupingBy(Annotations::cause, LinkedHashMap::new, Collectors.toList()));
    List<Annotation> notRun = notRun(with(judged, Verdict.NOT_RUN).toList());
    List<Annotation> chosen =
        new ArrayList<>(
            causes.values().stream()
                .limit(MOST - notRun.size())
                .map(alike -> failure(alike.getFirst(), alike.size() - 1))
                .toList());
    chosen.addAll(notRun);
    causes.values().stream()
        .flatMap(alike -> alike.stream().skip(1))
        .limit(MOST - chosen.size())
        .forEach(test -> chosen.add(failure(test, 0)));
    with(judged, Verdict.FLAKY)
        .limit(MOST - chosen.size())
        .forEach(test -> chosen.add(flaky(test)));
    return chosen;
  }

  private static Stream<TestResult> with(List<TestResult> tests, Verdict verdict) {
    return tests.stream().filter(test -> test.verdict() == verdict);
  }

  /// Failures whose messages differ in numbers only have the same cause.
  private static String cause(TestResult test) {
    AttemptReport report = deciding(test);
    String message = report.message().isEmpty() ? test.reason() : report.message();
    return message.lines().findFirst().orElse("").replaceAll("[0-9a-f]{6,}|\\d+", "#");
  }

  private static AttemptReport deciding(TestResult test) {
    return test.decidingAttempt()
        .or(() -> test.attempts().reversed().stream().findFirst())
        .map(TestResult.Attempt::report)
        .orElse(AttemptReport.of(Outcome.NOT_REPORTED, Duration.ZERO));
  }

  private Annotation failure(TestResult test, int alike) {
    AttemptReport report = deciding(test);
    String text = report.message().isEmpty() ? test.reason() : report.message();
    if (!report.details().isEmpty() && !report.details().strip().equals(text)) {
      text += "\n\n" + tail(report.details());
    }
    if (alike > 0) {
      text +=
          "\n\n(" + alike + (alike == 1 ? " more test fails" : " more tests fail") + " like this)";
    }
    return at(test, "error", "failed: ", report.details(), text);
  }

  private Annotation flaky(TestResult test) {
    AttemptReport failure =
        test.attempts().stream()
            .map(TestResult.Attempt::report)
            .filter(report -> report.outcome().isFailure())
            .findFirst()
            .orElse(deciding(test));
    String text = "It passed after it had failed: " + failure.message();
    return at(test, "warning", "flaky: ", failure.details(), text);
  }

  private Annotation at(
      TestResult test, String level, String prefix, String details, String message) {
    int line = FailurePlace.of(test.test(), details).line();
    return new Annotation(
        level, file(test.test().file()), line, prefix + test.test().id(), shorten(message));
  }

  private static List<Annotation> notRun(List<TestResult> tests) {
    if (tests.isEmpty()) {
      return List.of();
    }
    String reason = tests.getFirst().reason();
    return List.of(
        new Annotation(
            "error",
            "",
            0,
            tests.size() + (tests.size() == 1 ? " test was not run" : " tests were not run"),
            (reason.isEmpty() ? "the run was cut off" : reason)
                + "\n\nThe first of them: "
                + tests.getFirst().test().id()));
  }

  /// GitHub wants files relative to the root of the repository.
  private String file(String file) {
    String workspace = surroundings.variable("GITHUB_WORKSPACE");
    if (file.isEmpty() || workspace.isEmpty()) {
      return file;
    }
    Path root = Path.of(workspace).toAbsolutePath().normalize();
    Path named = surroundings.project().resolve(file).toAbsolutePath().normalize();
    return named.startsWith(root) ? root.relativize(named).toString().replace('\\', '/') : file;
  }

  private static String tail(String details) {
    List<String> lines = details.strip().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
  }

  private static String shorten(String text) {
    return text.length() <= LENGTH ? text : text.substring(0, LENGTH) + " …";
  }
}
