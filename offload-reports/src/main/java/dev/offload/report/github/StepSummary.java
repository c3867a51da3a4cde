package dev.offload.report.github;

import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Verdict;
import dev.offload.report.text.PlainText;
import dev.offload.report.timeline.Incident;
import dev.offload.report.timeline.RunTimeline;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Render the summary of a step, as Markdown in which texts of tests are only text.
///
/// @param results all that is known
/// @param timeline what happened to sandboxes
record StepSummary(RunResults results, RunTimeline timeline) {
  private static final int TEXT = 4_000;
  private static final int NAMED = 100;
  private static final String REST = "\n\nThe rest does not fit here: see `report.html`.\n";

  /// Render it.
  ///
  /// @param limit how many bytes it may have; parts at the end are left out to keep it
  String render(long limit) {
    StringBuilder out = new StringBuilder();
    long left = limit - REST.length();
    for (String part : parts()) {
      left -= part.getBytes(StandardCharsets.UTF_8).length;
      if (left < 0) {
        return limit < REST.length() ? "" : out.append(REST).toString();
      }
      out.append(part);
    }
    return out.toString();
  }

  private List<String> parts() {
    List<String> parts = new ArrayList<>();
    parts.add(head());
    List<TestResult> tests = results.tests();
    List<TestResult> failed = with(tests, Verdict.FAILED);
    if (!failed.isEmpty()) {
      parts.add("\n#### Failed\n\n");
      failed.forEach(test -> parts.add(failure(test)));
    }
    addNames(parts, "Flaky", with(tests, Verdict.FLAKY));
    addNotRun(parts, with(tests, Verdict.NOT_RUN));
    addIncidents(parts);
    addNotes(parts, "Not done", results.degraded());
    addNotes(parts, "Warnings", results.warnings());
    return parts;
  }

  private static List<TestResult> with(List<TestResult> tests, Verdict verdict) {
    return tests.stream().filter(test -> test.verdict() == verdict).toList();
  }

  private String head() {
    StringBuilder out = new StringBuilder("### Offload: ");
    List<String> counts = new ArrayList<>();
    for (Verdict verdict :
        List.of(Verdict.FAILED, Verdict.NOT_RUN, Verdict.FLAKY, Verdict.SKIPPED, Verdict.PASSED)) {
      String word = verdict.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      addCount(counts, word, test -> test.verdict() == verdict && !test.isExcused());
    }
    addCount(counts, "quarantined", TestResult::isExcused);
    out.append(counts.isEmpty() ? "no test was found" : String.join(", ", counts)).append("\n\n");
    out.append(
        String.format(
            Locale.ROOT,
            "%.1f s, %d %s, %d of them lost%s\n",
            results.duration().toNanos() / 1e9,
            results.sandboxesStarted(),
            results.sandboxesStarted() == 1 ? "sandbox" : "sandboxes",
            results.sandboxesLost(),
            results.isFinished() ? "" : "; the run was cut off"));
    if (!results.endReason().isEmpty()) {
      out.append('\n').append(code(results.endReason())).append('\n');
    }
    return out.toString();
  }

  private void addCount(List<String> counts, String word, Predicate<TestResult> counted) {
    long count = results.tests().stream().filter(counted).count();
    if (count > 0) {
      counts.add(number(count) + " " + word);
    }
  }

  private static String failure(TestResult test) {
    StringBuilder out = new StringBuilder("<details><summary>");
    out.append(code(test.test().id().value()));
    AttemptReport report =
        test.decidingAttempt()
            .or(() -> test.attempts().reversed().stream().findFirst())
            .map(TestResult.Attempt::report)
            .orElse(null);
    String message =
        report == null || report.message().isEmpty() ? test.reason() : report.message();
    out.append(' ').append(html(firstLine(message)));
    if (test.quarantine() != null) {
      out.append(" (quarantined)");
    }
    out.append("</summary>\n\n<pre>");
    String text = report == null || report.details().isEmpty() ? message : report.details();
    out.append(html(shorten(PlainText.body(text)))).append("</pre>\n</details>\n");
    return out.toString();
  }

  private static void addNames(List<String> parts, String title, List<TestResult> tests) {
    if (tests.isEmpty()) {
      return;
    }
    parts.add("\n#### " + title + "\n\n");
    for (TestResult test : tests.stream().limit(NAMED).toList()) {
      String message =
          test.attempts().stream()
              .map(attempt -> attempt.report().message())
              .filter(text -> !text.isEmpty())
              .findFirst()
              .orElse("");
      parts.add("- " + code(test.test().id().value()) + " " + html(firstLine(message)) + "\n");
    }
    if (tests.size() > NAMED) {
      parts.add("- and " + (tests.size() - NAMED) + " more\n");
    }
  }

  private static void addNotRun(List<String> parts, List<TestResult> tests) {
    Map<String, List<TestResult>> reasons =
        tests.stream()
            .collect(
                Collectors.groupingBy(TestResult::reason, LinkedHashMap::new, Collectors.toList()));
    if (!reasons.isEmpty()) {
      parts.add("\n#### Not run\n\n");
    }
    reasons.forEach((reason, alike) ->
        parts.add(
            "- %s: %s, for example %s\n"
                .formatted(
                    number(alike.size()),
                    html(firstLine(reason.isEmpty() ? "the run was cut off" : reason)),
                    code(alike.getFirst().test().id().value()))));
  }

  private void addIncidents(List<String> parts) {
    List<Incident> incidents = timeline.incidents();
    if (!incidents.isEmpty()) {
      parts.add("\n#### Sandboxes\n\n");
    }
    for (Incident incident : incidents) {
      String what =
          switch (incident.kind()) {
            case LOST -> "lost";
            case CONDEMNED -> "not trusted any more";
            case START_FAILED -> "could not be started";
          };
      String names =
          incident.sandboxes().stream()
              .limit(6)
              .map(Object::toString)
              .collect(Collectors.joining(", "));
      int more = incident.sandboxes().size() - 6;
      parts.add(
          "- %s%s %s: %s%s\n"
              .formatted(
                  names,
                  more > 0 ? " and " + more + " more" : "",
                  what,
                  html(firstLine(incident.cause())),
                  incident.tests().isEmpty()
                      ? ""
                      : "; tests run again elsewhere: " + incident.tests().size()));
    }
  }

  private static void addNotes(List<String> parts, String title, Iterable<String> notes) {
    StringBuilder out = new StringBuilder();
    notes.forEach(note -> out.append("- ").append(html(firstLine(note))).append('\n'));
    if (!out.isEmpty()) {
      parts.add("\n#### " + title + "\n\n" + out);
    }
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String firstLine(String text) {
    return shorten(PlainText.body(text).lines().findFirst().orElse(""));
  }

  private static String shorten(String text) {
    return text.length() <= TEXT ? text : text.substring(0, TEXT) + " …";
  }

  private static String code(String text) {
    return "<code>" + html(PlainText.name(text)) + "</code>";
  }

  /// Escape what HTML or Markdown would take for markup.
  private static String html(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("&<>\"'`*_[]\\|#~@!$".indexOf(c) >= 0) {
        out.append("&#").append((int) c).append(';');
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
