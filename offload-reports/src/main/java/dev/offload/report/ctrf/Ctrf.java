package dev.offload.report.ctrf;

import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Verdict;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Render the results of a run as CTRF, one test a line.
///
/// @param results all that is known
/// @param version Offload's version
/// @param begin when the run began
/// @param end when it ended, as far as is known
record Ctrf(RunResults results, String version, Instant begin, Instant end) {
  private static final JsonFactory JSON = new JsonFactory();

  /// The words of CTRF.
  private enum Status {
    PASSED,
    FAILED,
    SKIPPED,
    OTHER
  }

  void write(Writer target) {
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), target)) {
      out.writeStartObject();
      out.writeStringProperty("reportFormat", "CTRF");
      out.writeStringProperty("specVersion", "0.0.0");
      out.writeStringProperty("timestamp", end.toString());
      out.writeStringProperty("generatedBy", "offload");
      out.writeName("results").writeStartObject();
      out.writeName("tool").writeStartObject();
      out.writeStringProperty("name", "offload");
      out.writeStringProperty("version", version);
      out.writeEndObject();
      writeSummary(out);
      out.writeName("tests").writeStartArray();
      for (TestResult test : results.tests()) {
        out.writeRaw('\n');
        writeTest(out, test);
      }
      out.writeRaw('\n');
      out.writeEndArray();
      out.writeEndObject();
      out.writeEndObject();
      out.writeRaw('\n');
    }
  }

  private void writeSummary(JsonGenerator out) {
    Map<Status, Integer> counts = new EnumMap<>(Status.class);
    int flaky = 0;
    for (TestResult test : results.tests()) {
      counts.merge(status(test.verdict()), 1, Integer::sum);
      flaky += test.verdict() == Verdict.FLAKY ? 1 : 0;
    }
    out.writeName("summary").writeStartObject();
    out.writeNumberProperty("tests", results.total());
    for (Status status : Status.values()) {
      out.writeNumberProperty(word(status), counts.getOrDefault(status, 0));
    }
    out.writeNumberProperty("pending", 0);
    out.writeNumberProperty("flaky", flaky);
    out.writeNumberProperty("start", begin.toEpochMilli());
    out.writeNumberProperty("stop", end.toEpochMilli());
    out.writeNumberProperty("duration", Duration.between(begin, end).toMillis());
    out.writeName("extra").writeStartObject();
    out.writeStringProperty("runId", results.runId());
    out.writeNumberProperty("exitCode", results.exitCode());
    out.writeNumberProperty("sandboxesStarted", results.sandboxesStarted());
    out.writeNumberProperty("sandboxesLost", results.sandboxesLost());
    out.writeEndObject();
    out.writeEndObject();
  }

  private void writeTest(JsonGenerator out, TestResult test) {
    Optional<TestResult.Attempt> deciding = test.decidingAttempt();
    out.writeStartObject();
    out.writeStringProperty("name", test.test().id().value());
    out.writeStringProperty("status", word(status(test.verdict())));
    out.writeNumberProperty("duration", test.decidingDuration().toMillis());
    out.writeStringProperty("rawStatus", word(test.verdict()));
    out.writeName("suite").writeStartArray();
    out.writeString(test.test().group());
    out.writeEndArray();
    text(out, "filePath", test.test().file());
    if (test.test().line() > 0) {
      out.writeNumberProperty("line", test.test().line());
    }
    out.writeBooleanProperty("flaky", test.verdict() == Verdict.FLAKY);
    out.writeNumberProperty("retries", Math.max(0, test.attempts().size() - 1));
    deciding.ifPresent(attempt -> writeTimes(out, attempt));
    String message = deciding.map(attempt -> attempt.report().message()).orElse("");
    text(out, "message", message.isEmpty() ? reason(test) : message);
    deciding.ifPresent(attempt -> writeTexts(out, attempt));
    writeOthers(
        out, test.attempts().stream().filter(a -> !deciding.equals(Optional.of(a))).toList());
    out.writeEndObject();
  }

  private String reason(TestResult test) {
    return test.decided() || results.isFinished() ? test.reason() : "the run was cut off";
  }

  private void writeOthers(JsonGenerator out, List<TestResult.Attempt> attempts) {
    if (attempts.isEmpty()) {
      return;
    }
    out.writeName("retryAttempts").writeStartArray();
    for (TestResult.Attempt attempt : attempts) {
      out.writeStartObject();
      out.writeNumberProperty("attempt", attempt.number());
      out.writeStringProperty("status", word(status(attempt)));
      out.writeNumberProperty("duration", attempt.report().duration().toMillis());
      writeTimes(out, attempt);
      text(out, "message", attempt.report().message());
      writeTexts(out, attempt);
      out.writeName("extra").writeStartObject();
      out.writeStringProperty("outcome", word(attempt.report().outcome()));
      out.writeStringProperty("sandbox", attempt.sandbox().toString());
      out.writeBooleanProperty("voided", attempt.voided());
      out.writeEndObject();
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private void writeTimes(JsonGenerator out, TestResult.Attempt attempt) {
    Instant start = begin.plus(attempt.started());
    out.writeNumberProperty("start", start.toEpochMilli());
    out.writeNumberProperty("stop", start.plus(attempt.report().duration()).toEpochMilli());
  }

  private static void writeTexts(JsonGenerator out, TestResult.Attempt attempt) {
    text(out, "trace", attempt.report().details());
    lines(out, "stdout", attempt.report().stdout());
    lines(out, "stderr", attempt.report().stderr());
  }

  private static void text(JsonGenerator out, String name, String text) {
    if (!text.isEmpty()) {
      out.writeStringProperty(name, text);
    }
  }

  private static void lines(JsonGenerator out, String name, String text) {
    if (!text.isEmpty()) {
      out.writeName(name).writeStartArray();
      text.lines().forEach(out::writeString);
      out.writeEndArray();
    }
  }

  private static Status status(Verdict verdict) {
    return switch (verdict) {
      case PASSED, FLAKY -> Status.PASSED;
      case FAILED -> Status.FAILED;
      case SKIPPED -> Status.SKIPPED;
      case NOT_RUN -> Status.OTHER;
    };
  }

  private static Status status(TestResult.Attempt attempt) {
    Outcome outcome = attempt.report().outcome();
    return switch (outcome) {
      case PASSED -> Status.PASSED;
      case FAILED, ERRORED, TIMED_OUT, CRASHED -> Status.FAILED;
      case SKIPPED -> Status.SKIPPED;
      case NOT_REPORTED, LOST -> Status.OTHER;
    };
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
