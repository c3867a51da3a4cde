package dev.offload.framework.command;

import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.framework.junitxml.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Read TAP 13 and 14: each top-level test point whose description is the id of a test is its
/// result, and the lines after it, up to the next point, are its details.
final class TapReader {
  private static final Pattern POINT =
      Pattern.compile("(not )?ok\\b(?: +\\d+)?(?: +-)?(?: +(.*))?");
  private static final Pattern DIRECTIVE =
      Pattern.compile(
          "(.*?)(?<!\\\\)\\s*#\\s*(skip|todo|time)[a-z]*[\\s=:]*(.*)", Pattern.CASE_INSENSITIVE);
  private static final int TEXT_CHARS = 128 * 1024;

  private final Map<String, Integer> indexes;
  private final UnaryOperator<String> idOf;
  private final StringBuilder details = new StringBuilder();
  private int index = -1;
  private Outcome outcome = Outcome.PASSED;
  private String reason = "";
  private Duration took = Duration.ZERO;
  private String bailOut = "";
  private boolean heard;

  /// @param indexes the tests by id
  /// @param idOf makes an id of a description
  TapReader(Map<String, Integer> indexes, UnaryOperator<String> idOf) {
    this.indexes = indexes;
    this.idOf = idOf;
  }

  /// Return whether any test point came that is one of the batch.
  boolean heardAnything() {
    return heard;
  }

  /// Return the line by which the command gave up, or nothing.
  String bailOut() {
    return bailOut;
  }

  List<TestSignal> line(String line) {
    Matcher point = POINT.matcher(line);
    if (point.matches()) {
      List<TestSignal> signals = new ArrayList<>(end());
      signals.addAll(begin(point.group(1) == null, point.group(2) == null ? "" : point.group(2)));
      return signals;
    }
    if (line.startsWith("Bail out!")) {
      List<TestSignal> signals = new ArrayList<>(end());
      bailOut = line.strip();
      signals.add(new TestSignal.Diagnosis(bailOut));
      return signals;
    }
    if (index >= 0 && details.length() + line.length() < TEXT_CHARS) {
      details.append(line.startsWith("# ") ? line.substring(2) : line).append('\n');
    }
    return List.of();
  }

  private List<TestSignal> begin(boolean ok, String text) {
    String description = text;
    reason = "";
    took = Duration.ZERO;
    outcome = ok ? Outcome.PASSED : Outcome.FAILED;
    Matcher directive = DIRECTIVE.matcher(text);
    if (!indexes.containsKey(id(text)) && directive.matches()) {
      description = directive.group(1);
      if (directive.group(2).equalsIgnoreCase("time")) {
        took = milliseconds(directive.group(3));
      } else {
        // What is to be done is expected to fail.
        outcome = Outcome.SKIPPED;
        reason = directive.group(3);
      }
    }
    Integer found = indexes.get(id(description));
    if (found == null) {
      return List.of(
          new TestSignal.Diagnosis("TAP names a test that is not in its batch: " + description));
    }
    heard = true;
    index = found;
    return List.of();
  }

  private String id(String description) {
    return idOf.apply(description.strip().replace("\\#", "#").replace("\\\\", "\\"));
  }

  private static Duration milliseconds(String text) {
    boolean inMillis = text.strip().endsWith("ms");
    Duration duration = Durations.parse(text.replaceAll("[^0-9.,]", ""));
    return inMillis ? duration.dividedBy(1000) : duration;
  }

  /// Tell the last test point.
  List<TestSignal> end() {
    if (index < 0) {
      return List.of();
    }
    String text = details.toString().strip();
    String message = reason;
    if (message.isEmpty() && outcome == Outcome.FAILED) {
      message =
          text.lines().filter(line -> !line.strip().equals("---")).findFirst().orElse("").strip();
    }
    boolean tells = outcome != Outcome.PASSED;
    List<TestSignal> signals =
        List.of(
            new TestSignal.Started(index),
            new TestSignal.Finished(
                index,
                AttemptReport.of(
                    outcome, took, message, tells && text.isEmpty() ? reason : tells ? text : "")));
    index = -1;
    details.setLength(0);
    return signals;
  }
}
