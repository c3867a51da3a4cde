package dev.offload.framework.command;

import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.framework.junitxml.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Read the frames of a harness that says how its tests go, one word and its text at a time; see
/// `docs/reference/streaming.md`.
final class HarnessReader {
  private static final int TEXT_CHARS = 128 * 1024;
  private static final int SHOWN = 200;

  private final Map<String, Integer> indexes;
  private final LongSupplier clock;
  private final Map<Integer, Long> running = new HashMap<>();
  private final StringBuilder details = new StringBuilder();
  private final StringBuilder stdout = new StringBuilder();
  private String message = "";
  private Duration took = Duration.ZERO;

  HarnessReader(Map<String, Integer> indexes, LongSupplier clock) {
    this.indexes = indexes;
    this.clock = clock;
  }

  List<TestSignal> read(String frame) {
    int blank = frame.indexOf(' ');
    String word = blank < 0 ? frame : frame.substring(0, blank);
    String text = blank < 0 ? "" : frame.substring(blank + 1);
    switch (word) {
      case "message" -> message = text;
      case "detail" -> append(details, text);
      case "took" -> took = Durations.parse(text);
      case "start" -> {
        return start(text);
      }
      case "pass" -> {
        return finish(text, Outcome.PASSED);
      }
      case "fail" -> {
        return finish(text, Outcome.FAILED);
      }
      case "error" -> {
        return finish(text, Outcome.ERRORED);
      }
      case "skip" -> {
        return finish(text, Outcome.SKIPPED);
      }
      default -> {
        return diagnosis("a signal is not known: " + shown(frame));
      }
    }
    return List.of();
  }

  /// Take a line of ordinary output; it belongs to the test that runs, when it runs alone.
  void output(String line) {
    if (running.size() == 1) {
      append(stdout, line);
    }
  }

  private List<TestSignal> start(String id) {
    Integer index = indexes.get(id.strip());
    if (index == null) {
      return foreign(id);
    }
    if (running.isEmpty()) {
      stdout.setLength(0);
    }
    running.put(index, clock.getAsLong());
    return List.of(new TestSignal.Started(index));
  }

  private List<TestSignal> finish(String id, Outcome outcome) {
    Integer index = indexes.get(id.strip());
    if (index == null) {
      forget();
      return foreign(id);
    }
    List<TestSignal> signals = new ArrayList<>();
    Long started = running.remove(index);
    if (started == null) {
      signals.add(new TestSignal.Started(index));
    } else if (took.isZero()) {
      took = Duration.ofNanos(Math.max(0, clock.getAsLong() - started));
    }
    String text = details.toString();
    String line = message.isEmpty() ? text.lines().findFirst().orElse("").strip() : message;
    String output = running.isEmpty() ? stdout.toString() : "";
    signals.add(
        new TestSignal.Finished(index, new AttemptReport(outcome, took, line, text, output, "")));
    forget();
    return signals;
  }

  private void forget() {
    message = "";
    took = Duration.ZERO;
    details.setLength(0);
    if (running.isEmpty()) {
      stdout.setLength(0);
    }
  }

  private static void append(StringBuilder text, String line) {
    if (text.length() + line.length() < TEXT_CHARS) {
      text.append(text.isEmpty() ? "" : "\n").append(line);
    }
  }

  private static List<TestSignal> foreign(String id) {
    return diagnosis("a signal names a test that is not in its batch: " + shown(id));
  }

  private static List<TestSignal> diagnosis(String text) {
    return List.of(new TestSignal.Diagnosis(text));
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
