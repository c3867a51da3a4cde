package dev.offload.engine.event;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Build events out of the fields of a line. Fields that are not known are ignored.
final class EventDecoder {
  private EventDecoder() {}

  static EventRecord decode(JsonFields line) {
    return new EventRecord(line.number("seq", 1, Long.MAX_VALUE), at(line), event(line));
  }

  private static Instant at(JsonFields line) {
    try {
      return Instant.parse(line.text("at"));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("`at` is not a time", e);
    }
  }

  private static RunEvent event(JsonFields line) {
    String event = line.text("event");
    return switch (event) {
      case "run_started" ->
          new RunEvent.RunStarted(
              line.text("run_id"),
              line.text("version"),
              line.text("config_file"),
              line.text("provider"),
              line.text("framework"),
              line.integer("max_parallel"));
      case "phase_started" -> new RunEvent.PhaseStarted(line.text("phase"));
      case "phase_finished" ->
          new RunEvent.PhaseFinished(line.text("phase"), line.seconds("duration_secs"));
      case "progress" -> new RunEvent.Progress(line.text("phase"), line.text("text", ""));
      case "tests_discovered" -> {
        String group = line.text("group");
        yield new RunEvent.TestsDiscovered(
            group,
            line.integer("retry_count"),
            line.objects("tests").stream().map(test -> test(test, group)).toList());
      }
      case "tests_withdrawn" -> new RunEvent.TestsWithdrawn(ids(line, "tests"));
      case "discovery_ended" -> new RunEvent.DiscoveryEnded();
      case "shard_selected" ->
          new RunEvent.ShardSelected(
              line.integer("index"),
              line.integer("count"),
              line.integer("suite_size"),
              line.text("fingerprint"));
      case "tests_quarantined" ->
          new RunEvent.TestsQuarantined(quarantine(line), ids(line, "tests"));
      case "durations_expected" -> new RunEvent.DurationsExpected(durations(line));
      case "warning" -> new RunEvent.Warning(line.text("message", ""));
      case "degraded" -> new RunEvent.Degraded(line.text("message", ""));
      case "sandbox_starting" -> new RunEvent.SandboxStarting(sandbox(line));
      case "sandbox_ready" -> new RunEvent.SandboxReady(sandbox(line), line.text("handle"));
      case "sandbox_start_failed" ->
          new RunEvent.SandboxStartFailed(sandbox(line), line.text("reason", ""));
      case "sandbox_suspected" ->
          new RunEvent.SandboxSuspected(sandbox(line), line.text("reason", ""));
      case "sandbox_heard" -> new RunEvent.SandboxHeard(sandbox(line));
      case "sandbox_lost" ->
          new RunEvent.SandboxLost(sandbox(line), death(line), ids(line, "in_flight"));
      case "sandbox_condemned" ->
          new RunEvent.SandboxCondemned(
              sandbox(line), line.text("reason", ""), ids(line, "rejudged"));
      case "sandbox_closed" -> new RunEvent.SandboxClosed(sandbox(line));
      case "batch_started" ->
          new RunEvent.BatchStarted(
              batch(line), sandbox(line), ids(line, "tests"), line.bool("hedge"));
      case "batch_ended" ->
          new RunEvent.BatchEnded(
              batch(line),
              sandbox(line),
              line.text("end", ""),
              line.bool("success"),
              line.bool("cancelled"));
      case "attempt_started" ->
          new RunEvent.AttemptStarted(
              id(line.text("test")), line.integer("attempt"), batch(line), sandbox(line));
      case "attempt_finished" ->
          new RunEvent.AttemptFinished(
              id(line.text("test")),
              line.integer("attempt"),
              batch(line),
              sandbox(line),
              line.seconds("started_secs"),
              report(line));
      case "test_decided" ->
          new RunEvent.TestDecided(
              id(line.text("test")), line.word("verdict", Verdict.class), line.text("reason", ""));
      case "run_finished" ->
          new RunEvent.RunFinished(
              line.integer("exit_code"), line.text("reason", ""), line.seconds("duration_secs"));
      default -> throw new IllegalArgumentException("unknown event `" + event + "`");
    };
  }

  private static TestCase test(JsonFields test, String group) {
    String id = test.text("id");
    return new TestCase(
        id(id),
        test.text("group", group),
        test.text("file", ""),
        test.integer("line", 0),
        test.text("selector", id));
  }

  private static Quarantine quarantine(JsonFields line) {
    try {
      return new Quarantine(
          line.text("reason", ""), line.text("owner", ""), LocalDate.parse(line.text("expires")));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("`expires` is not a date", e);
    }
  }

  private static Map<TestId, Duration> durations(JsonFields line) {
    List<TestId> tests = ids(line, "tests");
    List<Duration> durations = line.allSeconds("durations_secs");
    if (tests.size() != durations.size()) {
      throw new IllegalArgumentException("`durations_secs` is not as long as `tests`");
    }
    Map<TestId, Duration> expected = LinkedHashMap.newLinkedHashMap(tests.size());
    for (int i = 0; i < tests.size(); i++) {
      expected.put(tests.get(i), durations.get(i));
    }
    return expected;
  }

  private static Death death(JsonFields line) {
    return new Death(
        line.word("cause", Death.Cause.class),
        line.optionalInteger("exit_code"),
        line.text("message", ""));
  }

  private static AttemptReport report(JsonFields line) {
    return new AttemptReport(
        line.word("outcome", Outcome.class),
        line.seconds("duration_secs"),
        line.text("message", ""),
        line.text("details", ""),
        line.text("stdout", ""),
        line.text("stderr", ""));
  }

  private static SandboxId sandbox(JsonFields line) {
    return SandboxId.parse(line.text("sandbox"));
  }

  private static BatchId batch(JsonFields line) {
    return new BatchId(line.integer("batch"));
  }

  private static TestId id(String value) {
    return new TestId(value);
  }

  private static List<TestId> ids(JsonFields line, String name) {
    return line.texts(name).stream().map(TestId::new).toList();
  }
}
