package dev.offload.report.trace;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Write events of Chrome's trace format, one a line. Times are microseconds since 1970.
final class TraceEvents implements AutoCloseable {
  private final JsonGenerator json;

  private TraceEvents(JsonGenerator json) {
    this.json = json;
    json.writeStartArray();
  }

  static TraceEvents open(Path file) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    return new TraceEvents(
        new JsonFactory()
            .createGenerator(
                ObjectWriteContext.empty(),
                new BufferedWriter(
                    new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8),
                    1 << 16)));
  }

  /// Name a process.
  void process(int pid, String name) {
    begin("M", pid, 0, "process_name");
    args(Map.of("name", name));
    begin("M", pid, 0, "process_sort_index");
    args(Map.of("sort_index", pid));
  }

  /// Name a row of a process.
  void thread(int pid, int tid, String name) {
    begin("M", pid, tid, "thread_name");
    args(Map.of("name", name));
    begin("M", pid, tid, "thread_sort_index");
    args(Map.of("sort_index", tid));
  }

  /// Something that took time.
  void span(int pid, int tid, Instant from, Instant to, String name, Map<String, ?> details) {
    begin("X", pid, tid, name);
    json.writeNumberProperty("ts", micros(from));
    json.writeNumberProperty("dur", Math.max(0, micros(to) - micros(from)));
    args(details);
  }

  /// Something that happened in a row.
  void instant(int pid, int tid, Instant at, String name, Map<String, ?> details) {
    point(pid, tid, at, name, "t", details);
  }

  /// Something that happened to a whole process.
  void mark(int pid, int tid, Instant at, String name, Map<String, ?> details) {
    point(pid, tid, at, name, "p", details);
  }

  private void point(
      int pid, int tid, Instant at, String name, String scope, Map<String, ?> details) {
    begin("i", pid, tid, name);
    json.writeNumberProperty("ts", micros(at));
    json.writeStringProperty("s", scope);
    args(details);
  }

  /// A number that changed.
  void counter(int pid, Instant at, String name, long value) {
    begin("C", pid, 0, name);
    json.writeNumberProperty("ts", micros(at));
    args(Map.of("value", value));
  }

  private void begin(String kind, int pid, int tid, String name) {
    json.writeRaw('\n');
    json.writeStartObject();
    json.writeStringProperty("ph", kind);
    json.writeNumberProperty("pid", pid);
    json.writeNumberProperty("tid", tid);
    json.writeStringProperty("name", name);
  }

  private void args(Map<String, ?> details) {
    json.writeName("args").writeStartObject();
    details.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(detail -> {
          json.writeName(detail.getKey());
          switch (detail.getValue()) {
            case Boolean truth -> json.writeBoolean(truth);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            default -> json.writeString(detail.getValue().toString());
          }
        });
    json.writeEndObject();
    json.writeEndObject();
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  @Override
  public void close() {
    json.writeRaw('\n');
    json.writeEndArray();
    json.close();
  }
}
