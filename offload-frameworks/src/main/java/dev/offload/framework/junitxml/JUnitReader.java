package dev.offload.framework.junitxml;

import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.framework.junitxml.XmlScanner.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// Read the test cases out of JUnit XML, whichever tool wrote it.
final class JUnitReader {
  private final XmlScanner scanner;
  private final List<JUnitCase> cases = new ArrayList<>();
  private final Deque<String> open = new ArrayDeque<>();

  JUnitReader(String text) {
    this.scanner = new XmlScanner(text);
  }

  JUnitReport read() {
    while (true) {
      switch (scanner.next()) {
        case Part.Start(String name, var attributes) when name.equals("testcase") -> {
          String problem = readCase(attributes);
          if (!problem.isEmpty()) {
            return new JUnitReport(cases, problem);
          }
        }
        case Part.Start(String name, var _) -> open.push(name);
        case Part.End(String name) -> {
          if (!name.equals(open.poll())) {
            return new JUnitReport(cases, "</" + name + "> closes what is not open");
          }
        }
        case Part.Text _ -> {}
        case Part.Finish(String problem) -> {
          String cut = open.isEmpty() ? "" : "it is cut off: <" + open.peek() + "> is not closed";
          return new JUnitReport(cases, problem.isEmpty() ? cut : problem);
        }
      }
    }
  }

  /// Read to the end of a test case; one that is not whole does not count.
  private String readCase(Map<String, String> attributes) {
    Case found = new Case(attributes);
    Deque<String> inside = new ArrayDeque<>();
    while (true) {
      switch (scanner.next()) {
        case Part.Start(String name, var more) -> {
          inside.push(name);
          if (inside.size() == 1) {
            found.begin(name, more);
          }
        }
        case Part.Text(String text) -> {
          if (!inside.isEmpty()) {
            found.text(inside.peekLast(), text);
          }
        }
        case Part.End(String name) -> {
          if (inside.isEmpty()) {
            if (!name.equals("testcase")) {
              return "</" + name + "> closes what is not open";
            }
            cases.add(found.build());
            return "";
          }
          if (!name.equals(inside.pop())) {
            return "</" + name + "> closes what is not open";
          }
        }
        case Part.Finish(String problem) -> {
          return problem.isEmpty() ? "it is cut off within a test case" : problem;
        }
      }
    }
  }

  /// A test case in the making.
  private static final class Case {
    private final Map<String, String> attributes;
    private final StringBuilder details = new StringBuilder();
    private final StringBuilder stdout = new StringBuilder();
    private final StringBuilder stderr = new StringBuilder();
    private Outcome outcome;
    private String message = "";

    Case(Map<String, String> attributes) {
      this.attributes = attributes;
      String status = attributes.getOrDefault("status", "");
      boolean skipped =
          status.equals("notrun")
              || status.equals("disabled")
              || attributes.getOrDefault("result", "").equals("skipped");
      outcome = skipped ? Outcome.SKIPPED : Outcome.PASSED;
    }

    void begin(String element, Map<String, String> more) {
      switch (element) {
        case "failure" -> judge(Outcome.FAILED, more);
        case "error" -> judge(Outcome.ERRORED, more);
        case "skipped" -> {
          if (!outcome.isFailure()) {
            judge(couldNotRun(more) ? Outcome.ERRORED : Outcome.SKIPPED, more);
          }
        }
        default -> {}
      }
    }

    /// Return whether this is a test of ctest that nobody wished to skip: its program is missing,
    /// for example. ctest calls that a failure, and yet writes it as skipped.
    private boolean couldNotRun(Map<String, String> skipped) {
      String reason = skipped.getOrDefault("message", "");
      return attributes.getOrDefault("status", "").equals("notrun")
          && !reason.isEmpty()
          && !reason.startsWith("SKIP_");
    }

    private void judge(Outcome found, Map<String, String> more) {
      boolean isWorse = !outcome.isFailure() || (message.isEmpty() && found.isFailure());
      outcome = outcome.isFailure() ? outcome : found;
      if (isWorse) {
        message = more.getOrDefault("message", more.getOrDefault("type", ""));
      }
      if (!details.isEmpty()) {
        details.append('\n');
      }
    }

    void text(String element, String text) {
      switch (element) {
        case "failure", "error", "skipped" -> details.append(text);
        case "system-out" -> stdout.append(text);
        case "system-err" -> stderr.append(text);
        default -> {}
      }
    }

    JUnitCase build() {
      String text = details.toString().strip();
      String line =
          message
              .strip()
              .lines()
              .filter(said -> !said.startsWith("=== RUN "))
              .findFirst()
              .orElse("")
              .strip();
      if (line.isEmpty()) {
        line = text.lines().findFirst().orElse("").strip();
      }
      if (text.isEmpty()) {
        text = message.strip();
      }
      AttemptReport report =
          new AttemptReport(
              outcome,
              Durations.parse(attributes.getOrDefault("time", "")),
              line,
              text,
              stdout.toString().strip(),
              stderr.toString().strip());
      return new JUnitCase(
          attributes.getOrDefault("classname", attributes.getOrDefault("class", "")),
          attributes.getOrDefault("name", ""),
          attributes.getOrDefault("file", ""),
          report);
    }
  }
}
