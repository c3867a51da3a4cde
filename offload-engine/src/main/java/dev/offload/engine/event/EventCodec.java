package dev.offload.engine.event;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// Turn one event into one line of JSON and back. The schema is documented in
/// `docs/reference/events.md`.
///
/// Everything survives the way there and back, with one exception: a text of output or explanation
/// beyond [#MAX_TEXT] characters is shortened.
public final class EventCodec {
  /// The version of the schema that is written, and the newest that is read.
  public static final int SCHEMA = 1;

  /// The number of characters kept of one text of output or explanation.
  public static final int MAX_TEXT = 1 << 20;

  /// The first line of every journal, without its line feed.
  static final String HEADER = "{\"schema\":" + SCHEMA + ",\"journal\":\"offload\"}";

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private EventCodec() {}

  /// Return the line of an event, without a line feed.
  public static String encode(EventRecord entry) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (Utf8Lines out = new Utf8Lines(line, 1 << 9)) {
      write(entry, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /// Read a line that [#encode] made.
  ///
  /// @throws IllegalArgumentException saying what is wrong with the line
  public static EventRecord decode(String line) {
    return EventDecoder.decode(JsonFields.parse(line));
  }

  /// Write the line of an event, without a line feed.
  static void write(EventRecord entry, Writer target) {
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), target)) {
      out.writeStartObject();
      out.writeNumberProperty("seq", entry.sequence());
      out.writeStringProperty("at", entry.at().toString());
      writeEvent(out, entry.event());
      out.writeEndObject();
    }
  }

  private static void writeEvent(JsonGenerator out, RunEvent event) {
    switch (event) {
      case RunEvent.RunStarted it -> {
        out.writeStringProperty("event", "run_started");
        out.writeStringProperty("run_id", it.runId());
        out.writeStringProperty("version", it.version());
        out.writeStringProperty("config_file", it.configFile());
        out.writeStringProperty("provider", it.provider());
        out.writeStringProperty("framework", it.framework());
        out.writeNumberProperty("max_parallel", it.maxParallel());
      }
      case RunEvent.PhaseStarted it -> {
        out.writeStringProperty("event", "phase_started");
        out.writeStringProperty("phase", it.phase());
      }
      case RunEvent.PhaseFinished it -> {
        out.writeStringProperty("event", "phase_finished");
        out.writeStringProperty("phase", it.phase());
        seconds(out, "duration_secs", it.duration());
      }
      case RunEvent.Progress it -> {
        out.writeStringProperty("event", "progress");
        out.writeStringProperty("phase", it.phase());
        text(out, "text", it.text());
      }
      case RunEvent.TestsDiscovered it -> {
        out.writeStringProperty("event", "tests_discovered");
        out.writeStringProperty("group", it.group());
        out.writeNumberProperty("retry_count", it.retryCount());
        out.writeName("tests").writeStartArray();
        it.tests().forEach(test -> writeTest(out, test, it.group()));
        out.writeEndArray();
      }
      case RunEvent.TestsWithdrawn it -> {
        out.writeStringProperty("event", "tests_withdrawn");
        ids(out, "tests", it.tests());
      }
      case RunEvent.DiscoveryEnded _ -> out.writeStringProperty("event", "discovery_ended");
      case RunEvent.ShardSelected it -> {
        out.writeStringProperty("event", "shard_selected");
        out.writeNumberProperty("index", it.index());
        out.writeNumberProperty("count", it.count());
        out.writeNumberProperty("suite_size", it.suiteSize());
        out.writeStringProperty("fingerprint", it.fingerprint());
      }
      case RunEvent.TestsQuarantined(Quarantine quarantine, List<TestId> tests) -> {
        out.writeStringProperty("event", "tests_quarantined");
        text(out, "reason", quarantine.reason());
        text(out, "owner", quarantine.owner());
        out.writeStringProperty("expires", quarantine.expires().toString());
        ids(out, "tests", tests);
      }
      case RunEvent.DurationsExpected(Map<TestId, Duration> durations) -> {
        out.writeStringProperty("event", "durations_expected");
        ids(out, "tests", durations.keySet());
        out.writeName("durations_secs").writeStartArray();
        durations.values().forEach(duration -> out.writeNumber(seconds(duration)));
        out.writeEndArray();
      }
      case RunEvent.Warning it -> {
        out.writeStringProperty("event", "warning");
        text(out, "message", it.message());
      }
      case RunEvent.Degraded it -> {
        out.writeStringProperty("event", "degraded");
        text(out, "message", it.message());
      }
      case RunEvent.SandboxStarting it -> {
        out.writeStringProperty("event", "sandbox_starting");
        out.writeStringProperty("sandbox", it.sandbox().toString());
      }
      case RunEvent.SandboxReady it -> {
        out.writeStringProperty("event", "sandbox_ready");
        out.writeStringProperty("sandbox", it.sandbox().toString());
        out.writeStringProperty("handle", it.handle());
      }
      case RunEvent.SandboxStartFailed it -> {
        out.writeStringProperty("event", "sandbox_start_failed");
        out.writeStringProperty("sandbox", it.sandbox().toString());
        text(out, "reason", it.reason());
      }
      case RunEvent.SandboxSuspected it -> {
        out.writeStringProperty("event", "sandbox_suspected");
        out.writeStringProperty("sandbox", it.sandbox().toString());
        text(out, "reason", it.reason());
      }
      case RunEvent.SandboxHeard it -> {
        out.writeStringProperty("event", "sandbox_heard");
        out.writeStringProperty("sandbox", it.sandbox().toString());
      }
      case RunEvent.SandboxLost it -> {
        out.writeStringProperty("event", "sandbox_lost");
        out.writeStringProperty("sandbox", it.sandbox().toString());
        out.writeStringProperty("cause", word(it.death().cause()));
        it.death().exitCode().ifPresent(code -> out.writeNumberProperty("exit_code", code));
        text(out, "message", it.death().message());
        ids(out, "in_flight", it.inFlight());
      }
      case RunEvent.SandboxCondemned it -> {
        out.writeStringProperty("event", "sandbox_condemned");
        out.writeStringProperty("sandbox", it.sandbox().toString());
        text(out, "reason", it.reason());
        ids(out, "rejudged", it.rejudged());
      }
      case RunEvent.SandboxClosed it -> {
        out.writeStringProperty("event", "sandbox_closed");
        out.writeStringProperty("sandbox", it.sandbox().toString());
      }
      case RunEvent.BatchStarted it -> {
        out.writeStringProperty("event", "batch_started");
        out.writeNumberProperty("batch", it.batch().number());
        out.writeStringProperty("sandbox", it.sandbox().toString());
        out.writeBooleanProperty("hedge", it.hedge());
        ids(out, "tests", it.tests());
      }
      case RunEvent.BatchEnded it -> {
        out.writeStringProperty("event", "batch_ended");
        out.writeNumberProperty("batch", it.batch().number());
        out.writeStringProperty("sandbox", it.sandbox().toString());
        text(out, "end", it.end());
        out.writeBooleanProperty("success", it.success());
        out.writeBooleanProperty("cancelled", it.cancelled());
      }
      case RunEvent.AttemptStarted it -> {
        out.writeStringProperty("event", "attempt_started");
        out.writeStringProperty("test", it.test().value());
        out.writeNumberProperty("attempt", it.attempt());
        out.writeNumberProperty("batch", it.batch().number());
        out.writeStringProperty("sandbox", it.sandbox().toString());
      }
      case RunEvent.AttemptFinished it -> {
        out.writeStringProperty("event", "attempt_finished");
        out.writeStringProperty("test", it.test().value());
        out.writeNumberProperty("attempt", it.attempt());
        out.writeNumberProperty("batch", it.batch().number());
        out.writeStringProperty("sandbox", it.sandbox().toString());
        seconds(out, "started_secs", it.started());
        writeReport(out, it.report());
      }
      case RunEvent.TestDecided it -> {
        out.writeStringProperty("event", "test_decided");
        out.writeStringProperty("test", it.test().value());
        out.writeStringProperty("verdict", word(it.verdict()));
        text(out, "reason", it.reason());
      }
      case RunEvent.RunFinished it -> {
        out.writeStringProperty("event", "run_finished");
        out.writeNumberProperty("exit_code", it.exitCode());
        text(out, "reason", it.reason());
        seconds(out, "duration_secs", it.duration());
      }
    }
  }

  private static void writeTest(JsonGenerator out, TestCase test, String group) {
    out.writeStartObject();
    out.writeStringProperty("id", test.id().value());
    if (!test.group().equals(group)) {
      out.writeStringProperty("group", test.group());
    }
    if (!test.file().isEmpty()) {
      out.writeStringProperty("file", test.file());
    }
    if (test.line() != 0) {
      out.writeNumberProperty("line", test.line());
    }
    if (!test.selector().equals(test.id().value())) {
      out.writeStringProperty("selector", test.selector());
    }
    out.writeEndObject();
  }

  private static void writeReport(JsonGenerator out, AttemptReport report) {
    out.writeStringProperty("outcome", word(report.outcome()));
    seconds(out, "duration_secs", report.duration());
    text(out, "message", report.message());
    text(out, "details", report.details());
    text(out, "stdout", report.stdout());
    text(out, "stderr", report.stderr());
  }

  private static void ids(JsonGenerator out, String name, Collection<TestId> tests) {
    out.writeName(name).writeStartArray();
    for (TestId test : tests) {
      out.writeString(test.value());
    }
    out.writeEndArray();
  }

  /// An empty text is left out.
  private static void text(JsonGenerator out, String name, String text) {
    if (!text.isEmpty()) {
      out.writeStringProperty(name, shortened(text));
    }
  }

  private static String shortened(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    int left = text.length() - MAX_TEXT;
    return text.substring(0, MAX_TEXT) + "\n[" + left + " characters left out]";
  }

  private static void seconds(JsonGenerator out, String name, Duration duration) {
    out.writeName(name);
    out.writeNumber(seconds(duration));
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds())
        .add(BigDecimal.valueOf(duration.getNano(), 9))
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
