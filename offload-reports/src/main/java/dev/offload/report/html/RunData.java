package dev.offload.report.html;

import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Efficiency;
import dev.offload.api.report.RunResults;
import dev.offload.api.report.TestHistory;
import dev.offload.api.report.TestResult;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.report.timeline.BatchSpan;
import dev.offload.report.timeline.Incident;
import dev.offload.report.timeline.Phase;
import dev.offload.report.timeline.RunTimeline;
import dev.offload.report.timeline.Running;
import dev.offload.report.timeline.SandboxLife;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Render a run as the data of the page: one block with everything that lists and drawings need,
/// and blocks of texts, which the page reads when somebody looks at them.
///
/// Tests, attempts, sandboxes and batches are lists of values, to keep big runs small; `report.js`
/// names their places. Times are whole microseconds since the start of the run.
///
/// @param passedOutput the output of attempts that passed, where there is some
/// @param history what is known of earlier runs
/// @param batchFiles what lies beside the page, by batch
record RunData(
    RunResults results,
    RunTimeline timeline,
    RunEvent.@Nullable RunStarted started,
    Map<AttemptKey, AttemptReport> passedOutput,
    TestHistory history,
    SortedMap<Integer, List<String>> batchFiles) {
  /// Up to how many tests the page holds the history of those that passed too.
  private static final int SMALL = 20_000;

  private static final int PAST = 20;
  private static final JsonFactory JSON = new JsonFactory();

  void write(Writer out) throws IOException {
    List<TestResult> tests = results.tests();
    Texts texts = new Texts(passedOutput);
    out.write("<script type=\"application/json\" id=\"data\">");
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), new InertJson(out))) {
      writeRun(json, tests, texts);
    }
    out.write("</script>\n");
    texts.write(JSON, out);
  }

  private void writeRun(JsonGenerator json, List<TestResult> tests, Texts texts) {
    Map<TestId, Integer> places = HashMap.newHashMap(tests.size());
    json.writeStartObject();
    writeHead(json);
    Names groups = new Names();
    Names files = new Names();
    json.writeName("tests").writeStartArray();
    for (TestResult test : tests) {
      places.put(test.test().id(), places.size());
      json.writeRaw('\n');
      writeTest(json, test, groups, files, texts);
    }
    json.writeEndArray();
    groups.write(json, "groups");
    files.write(json, "files");
    texts.writeStarts(json);
    writeSandboxes(json);
    writeBatches(json);
    writeFiles(json);
    writePhases(json);
    writeRunning(json, places);
    writeIncidents(json, places);
    writeEfficiency(json, places);
    strings(json, "warnings", results.warnings());
    strings(json, "degraded", results.degraded());
    json.writeEndObject();
  }

  private void writeHead(JsonGenerator json) {
    json.writeName("run").writeStartObject();
    json.writeStringProperty("id", results.runId());
    if (started != null) {
      json.writeStringProperty("version", started.version());
      json.writeStringProperty("config", started.configFile());
      json.writeStringProperty("provider", started.provider());
      json.writeStringProperty("framework", started.framework());
      json.writeNumberProperty("maxParallel", started.maxParallel());
    }
    json.writeStringProperty("begin", timeline.begin().toString());
    json.writeBooleanProperty("finished", results.isFinished());
    json.writeNumberProperty("exitCode", results.exitCode());
    json.writeStringProperty("endReason", results.endReason());
    json.writeNumberProperty("duration", micros(results.duration()));
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private void writeTest(
      JsonGenerator json, TestResult test, Names groups, Names files, Texts texts) {
    json.writeStartArray();
    json.writeString(test.test().id().value());
    json.writeNumber(groups.place(test.test().group()));
    json.writeNumber(files.place(test.test().file()));
    json.writeNumber(test.test().line());
    json.writeString(word(test.verdict()));
    json.writeNumber(test.decided() ? 1 : 0);
    json.writeString(test.reason());
    json.writeStartArray();
    for (TestResult.Attempt attempt : test.attempts()) {
      json.writeStartArray();
      json.writeNumber(attempt.number());
      json.writeString(word(attempt.report().outcome()));
      json.writeNumber(attempt.sandbox().number());
      json.writeNumber(attempt.batch().number());
      json.writeNumber(micros(attempt.started()));
      json.writeNumber(micros(attempt.report().duration()));
      json.writeNumber(attempt.voided() ? 1 : 0);
      json.writeString(attempt.report().message());
      json.writeNumber(texts.place(test.test().id(), attempt));
      json.writeEndArray();
    }
    json.writeEndArray();
    List<TestHistory.PastAttempt> past = past(test);
    if (test.quarantine() != null || !past.isEmpty()) {
      json.writeString(test.quarantine() == null ? "" : test.quarantine().inWords());
    }
    if (!past.isEmpty()) {
      writePast(json, past);
    }
    json.writeEndArray();
  }

  private List<TestHistory.PastAttempt> past(TestResult test) {
    boolean passed = test.verdict() == Verdict.PASSED || test.verdict() == Verdict.SKIPPED;
    if (passed && results.total() > SMALL) {
      return List.of();
    }
    List<TestHistory.PastAttempt> past =
        history.of(test.test().id()).stream()
            .filter(attempt -> !attempt.run().equals(results.runId()))
            .toList();
    return past.subList(Math.max(0, past.size() - PAST), past.size());
  }

  /// Write times, negative for failures.
  private static void writePast(JsonGenerator json, List<TestHistory.PastAttempt> past) {
    json.writeStartArray();
    for (TestHistory.PastAttempt attempt : past) {
      long time = Math.max(1, micros(attempt.duration()));
      json.writeNumber(attempt.passed() ? time : -time);
    }
    json.writeEndArray();
  }

  private void writeSandboxes(JsonGenerator json) {
    json.writeName("sandboxes").writeStartArray();
    for (SandboxLife life : timeline.sandboxes()) {
      json.writeStartArray();
      json.writeNumber(life.sandbox().number());
      json.writeString(life.handle());
      json.writeNumber(micros(life.starting()));
      time(json, life.ready());
      time(json, life.ended());
      json.writeString(word(life.end()));
      json.writeString(life.words());
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeRaw('\n');
  }

  private void writeBatches(JsonGenerator json) {
    json.writeName("batches").writeStartArray();
    for (BatchSpan batch : timeline.batches()) {
      json.writeStartArray();
      json.writeNumber(batch.batch().number());
      json.writeNumber(batch.sandbox().number());
      json.writeNumber(batch.tests());
      json.writeNumber(batch.hedge() ? 1 : 0);
      json.writeNumber(micros(batch.started()));
      time(json, batch.ended());
      json.writeNumber(batch.cancelled() ? 1 : 0);
      json.writeString(batch.words());
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeRaw('\n');
  }

  private void writeFiles(JsonGenerator json) {
    if (batchFiles.isEmpty()) {
      return;
    }
    json.writeName("beside").writeStartObject();
    batchFiles.forEach((batch, names) -> strings(json, batch.toString(), names));
    json.writeEndObject();
  }

  private void writePhases(JsonGenerator json) {
    json.writeName("phases").writeStartArray();
    for (Phase phase : timeline.phases()) {
      json.writeStartArray();
      json.writeString(phase.name());
      json.writeNumber(micros(phase.started()));
      time(json, phase.ended());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void writeRunning(JsonGenerator json, Map<TestId, Integer> places) {
    json.writeName("running").writeStartArray();
    for (Running attempt : timeline.running()) {
      Integer place = places.get(attempt.test());
      if (place != null) {
        json.writeStartArray();
        json.writeNumber(place);
        json.writeNumber(attempt.attempt());
        json.writeNumber(attempt.sandbox().number());
        json.writeNumber(attempt.batch().number());
        json.writeNumber(micros(attempt.started()));
        json.writeEndArray();
      }
    }
    json.writeEndArray();
  }

  private void writeIncidents(JsonGenerator json, Map<TestId, Integer> places) {
    json.writeName("incidents").writeStartArray();
    for (Incident incident : timeline.incidents()) {
      json.writeStartArray();
      json.writeString(word(incident.kind()));
      json.writeString(incident.cause());
      json.writeStartArray();
      incident.sandboxes().forEach(sandbox -> json.writeNumber(sandbox.number()));
      json.writeEndArray();
      json.writeStartArray();
      for (TestId test : incident.tests()) {
        Integer place = places.get(test);
        if (place != null) {
          json.writeNumber(place);
        }
      }
      json.writeEndArray();
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void writeEfficiency(JsonGenerator json, Map<TestId, Integer> places) {
    Efficiency efficiency = results.efficiency();
    json.writeName("efficiency").writeStartObject();
    json.writeNumberProperty("bound", micros(efficiency.bound()));
    json.writeNumberProperty("sandboxes", efficiency.sandboxes());
    if (efficiency.isLongestTheWall() && efficiency.longest().isPresent()) {
      json.writeNumberProperty("longest", places.getOrDefault(efficiency.longest().get(), -1));
    }
    json.writeNumberProperty("discovery", micros(efficiency.discovery()));
    json.writeNumberProperty("startUp", micros(efficiency.startUp()));
    json.writeNumberProperty("running", micros(efficiency.running()));
    json.writeNumberProperty("end", micros(efficiency.end()));
    json.writeNumberProperty("tests", micros(efficiency.tests()));
    json.writeNumberProperty("retries", micros(efficiency.retries()));
    json.writeNumberProperty("losses", micros(efficiency.losses()));
    json.writeNumberProperty("overhead", micros(efficiency.overhead()));
    json.writeNumberProperty("idle", micros(efficiency.idle()));
    json.writeNumberProperty("copies", micros(efficiency.copies()));
    json.writeEndObject();
  }

  private static void strings(JsonGenerator json, String name, Iterable<String> values) {
    json.writeName(name).writeStartArray();
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  private static void time(JsonGenerator json, Optional<Duration> time) {
    if (time.isPresent()) {
      json.writeNumber(micros(time.get()));
    } else {
      json.writeNull();
    }
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
