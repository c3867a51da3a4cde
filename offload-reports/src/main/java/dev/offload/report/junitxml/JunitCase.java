package dev.offload.report.junitxml;

import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.Verdict;
import dev.offload.report.text.PlainText;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/// Render one test as a `testcase`. The order of the elements is that of Surefire's schema.
///
/// @param result the test
/// @param name its unique name, fit for XML
/// @param finished whether the run came to its end
record JunitCase(TestResult result, CaseName name, boolean finished) {
  private static final Pattern TYPE =
      Pattern.compile(
          "([A-Za-z_][\\w.$]{0,200}(?:Error|Exception|Failure|Warning|Interrupt|Exit))(?::.*)?");

  /// Say what readers count the case as.
  enum Kind {
    NONE,
    FAILURE,
    ERROR,
    SKIPPED
  }

  Kind kind() {
    if (result.isExcused() && result.verdict() != Verdict.FLAKY) {
      return Kind.SKIPPED;
    }
    return switch (result.verdict()) {
      case PASSED, FLAKY -> Kind.NONE;
      case SKIPPED -> Kind.SKIPPED;
      case NOT_RUN -> Kind.ERROR;
      case FAILED ->
          failures().isEmpty() || !isFailure(failures().getFirst()) ? Kind.ERROR : Kind.FAILURE;
    };
  }

  /// Return the attempts that count as the test's own failures, in order.
  private List<TestResult.Attempt> failures() {
    return result.attempts().stream()
        .filter(attempt -> attempt.report().outcome().isFailure() && !attempt.voided())
        .toList();
  }

  private static boolean isFailure(TestResult.Attempt attempt) {
    return attempt.report().outcome() == Outcome.FAILED;
  }

  void write(XMLStreamWriter out) throws XMLStreamException {
    JunitXml.newLine(out, 2);
    boolean empty = result.verdict() == Verdict.PASSED && result.attempts().size() <= 1;
    if (empty) {
      out.writeEmptyElement("testcase");
    } else {
      out.writeStartElement("testcase");
    }
    out.writeAttribute("classname", name.classname());
    out.writeAttribute("name", name.name());
    out.writeAttribute("time", JunitXml.seconds(result.decidingDuration()));
    if (!result.test().file().isEmpty()) {
      out.writeAttribute("file", PlainText.name(result.test().file()));
      if (result.test().line() > 0) {
        out.writeAttribute("line", Integer.toString(result.test().line()));
      }
    }
    if (!empty) {
      writeProperties(out);
      writeVerdict(out);
      JunitXml.newLine(out, 2);
      out.writeEndElement();
    }
  }

  private void writeProperties(XMLStreamWriter out) throws XMLStreamException {
    if (result.attempts().size() <= 1) {
      return;
    }
    JunitXml.newLine(out, 3);
    out.writeStartElement("properties");
    for (TestResult.Attempt attempt : result.attempts()) {
      JunitXml.newLine(out, 4);
      out.writeEmptyElement("property");
      out.writeAttribute("name", "offload.attempt." + attempt.number());
      out.writeAttribute("value", inWords(attempt));
    }
    JunitXml.newLine(out, 3);
    out.writeEndElement();
  }

  private static String inWords(TestResult.Attempt attempt) {
    String outcome = attempt.report().outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String seconds = JunitXml.seconds(attempt.report().duration());
    return outcome
        + " in "
        + attempt.sandbox()
        + ", "
        + attempt.batch()
        + ", "
        + seconds
        + " s"
        + (attempt.voided() ? ", void: the sandbox was condemned" : "");
  }

  private void writeVerdict(XMLStreamWriter out) throws XMLStreamException {
    if (result.quarantine() != null && kind() == Kind.SKIPPED && result.isExcused()) {
      writeQuarantined(out, result.quarantine());
      return;
    }
    switch (result.verdict()) {
      case PASSED -> {}
      case FLAKY -> writeAttempts(out, "flaky", failures(), null);
      case FAILED -> {
        List<TestResult.Attempt> failures = failures();
        if (failures.isEmpty()) {
          writeBody(out, "error", "offload.SandboxDied", result.reason(), lastDetails());
        } else {
          writeAttempts(out, "rerun", failures.subList(1, failures.size()), failures.getFirst());
          AttemptReport first = failures.getFirst().report();
          writeText(out, 3, "system-out", first.stdout());
          writeText(out, 3, "system-err", first.stderr());
        }
      }
      case SKIPPED -> {
        JunitXml.newLine(out, 3);
        out.writeEmptyElement("skipped");
        out.writeAttribute("message", PlainText.name(firstLine(skipReason())));
      }
      case NOT_RUN ->
          writeBody(out, "error", "offload.NotRun", "not run: " + notRunReason(), lastDetails());
    }
  }

  /// Readers must not take it for a failure: it is left out, with what happened to it as output.
  private void writeQuarantined(XMLStreamWriter out, Quarantine quarantine)
      throws XMLStreamException {
    String end =
        result.verdict() == Verdict.NOT_RUN ? "not run: " + notRunReason() : result.reason();
    JunitXml.newLine(out, 3);
    out.writeEmptyElement("skipped");
    out.writeAttribute(
        "message", PlainText.name("quarantined: " + quarantine.inWords() + ": " + firstLine(end)));
    StringBuilder text = new StringBuilder();
    for (TestResult.Attempt attempt : failures()) {
      text.append(inWords(attempt)).append('\n').append(attempt.report().details()).append('\n');
    }
    writeText(out, 3, "system-out", text.toString());
  }

  private String notRunReason() {
    if (!result.decided() && !finished) {
      return "the run was cut off";
    }
    String reason = result.reason().replaceFirst("^not run: ", "");
    return reason.isEmpty() ? "reason unknown" : reason;
  }

  private String skipReason() {
    if (!result.reason().isEmpty() || result.attempts().isEmpty()) {
      return result.reason();
    }
    AttemptReport last = result.attempts().getLast().report();
    return last.message().isEmpty() ? last.details() : last.message();
  }

  private String lastDetails() {
    return result.attempts().isEmpty() ? "" : result.attempts().getLast().report().details();
  }

  /// Write failures before errors, as the schema wants it.
  private void writeAttempts(
      XMLStreamWriter out,
      String prefix,
      List<TestResult.Attempt> others,
      TestResult.@Nullable Attempt first)
      throws XMLStreamException {
    for (boolean failures : new boolean[] {true, false}) {
      String element = failures ? "failure" : "error";
      if (first != null && isFailure(first) == failures) {
        AttemptReport report = first.report();
        writeBody(out, element, type(report), message(report), report.details());
      }
      for (TestResult.Attempt attempt : others) {
        if (isFailure(attempt) == failures) {
          writeRerun(out, prefix + (failures ? "Failure" : "Error"), attempt.report());
        }
      }
    }
  }

  private static void writeBody(
      XMLStreamWriter out, String element, String type, String message, String text)
      throws XMLStreamException {
    JunitXml.newLine(out, 3);
    out.writeStartElement(element);
    out.writeAttribute("message", PlainText.name(firstLine(message)));
    out.writeAttribute("type", type);
    out.writeCharacters(PlainText.body(text.isEmpty() ? message : text));
    out.writeEndElement();
  }

  private static void writeRerun(XMLStreamWriter out, String element, AttemptReport report)
      throws XMLStreamException {
    JunitXml.newLine(out, 3);
    out.writeStartElement(element);
    out.writeAttribute("message", PlainText.name(firstLine(message(report))));
    out.writeAttribute("type", type(report));
    JunitXml.newLine(out, 4);
    out.writeStartElement("stackTrace");
    out.writeCharacters(
        PlainText.body(report.details().isEmpty() ? message(report) : report.details()));
    out.writeEndElement();
    writeText(out, 4, "system-out", report.stdout());
    writeText(out, 4, "system-err", report.stderr());
    JunitXml.newLine(out, 3);
    out.writeEndElement();
  }

  private static void writeText(XMLStreamWriter out, int depth, String element, String text)
      throws XMLStreamException {
    if (!text.isEmpty()) {
      JunitXml.newLine(out, depth);
      out.writeStartElement(element);
      out.writeCharacters(PlainText.body(text));
      out.writeEndElement();
    }
  }

  private static String message(AttemptReport report) {
    if (!report.message().isEmpty()) {
      return report.message();
    }
    return report.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /// Return the exception's name where the message begins with one.
  private static String type(AttemptReport report) {
    return switch (report.outcome()) {
      case TIMED_OUT -> "offload.TimedOut";
      case CRASHED -> "offload.Crashed";
      case FAILED, ERRORED, PASSED, SKIPPED, NOT_REPORTED, LOST -> {
        Matcher type = TYPE.matcher(firstLine(report.message()));
        yield type.matches()
            ? type.group(1)
            : report.outcome() == Outcome.FAILED ? "offload.Failed" : "offload.Errored";
      }
    };
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }
}
