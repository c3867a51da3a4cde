package dev.offload.framework.nextest;

import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Read nextest's machine-readable output. nextest captures what tests print, so they cannot
/// imitate it.
final class NextestDecoder implements SignalDecoder {
  private final NextestFramework framework;

  /// The indexes of each name, in the order in which they run.
  private final Map<String, List<Integer>> indexes = new HashMap<>();

  private final Set<Integer> begun = new HashSet<>();
  private final Set<Integer> ended = new HashSet<>();
  private final int count;

  NextestDecoder(List<TestCase> tests, NextestFramework framework) {
    this.framework = framework;
    this.count = tests.size();
    for (NextestPart part : NextestPart.of(tests)) {
      for (int i = 0; i < tests.size(); i++) {
        NextestSelector selector = NextestSelector.of(tests.get(i));
        if (part.holds(selector)) {
          indexes.computeIfAbsent(selector.event(), _ -> new ArrayList<>()).add(i);
        }
      }
    }
  }

  @Override
  public List<TestSignal> frame(String payload) {
    return List.of();
  }

  @Override
  public boolean readsStdout() {
    return true;
  }

  @Override
  public List<TestSignal> stdoutLine(String line) {
    Optional<NextestEvent> event;
    try {
      event = NextestEvent.parse(line);
    } catch (IllegalArgumentException _) {
      return List.of(new TestSignal.Diagnosis("nextest said what cannot be read: " + line));
    }
    return event.map(this::read).orElse(List.of());
  }

  private List<TestSignal> read(NextestEvent event) {
    Optional<Integer> found =
        event.names().stream().flatMap(name -> index(name).stream()).findFirst();
    if (found.isEmpty()) {
      return List.of(); // a test of the binary that was not asked for and did not run
    }
    int index = found.get();
    return switch (event.word()) {
      case "started" -> begun.add(index) ? List.of(new TestSignal.Started(index)) : List.of();
      case "ok" -> finished(index, AttemptReport.of(Outcome.PASSED, event.took()));
      case "failed" -> finished(index, failure(event));
      case "ignored" -> finished(index, AttemptReport.of(Outcome.SKIPPED, Duration.ZERO));
      default -> List.of();
    };
  }

  /// Tests of one name run one after the other: the first that has not ended is meant. The tries of
  /// a project that lets nextest retry have a number behind the name.
  private Optional<Integer> index(String name) {
    List<Integer> known = indexes.get(name);
    int hash = name.lastIndexOf('#');
    if (known == null && hash > 0) {
      known = indexes.get(name.substring(0, hash));
    }
    return known == null
        ? Optional.empty()
        : known.stream().filter(index -> !ended.contains(index)).findFirst();
  }

  private List<TestSignal> finished(int index, AttemptReport report) {
    ended.add(index);
    TestSignal end = new TestSignal.Finished(index, report);
    return begun.add(index) ? List.of(new TestSignal.Started(index), end) : List.of(end);
  }

  /// A test that fails says why; one whose process was killed, or exits, says nothing.
  private static AttemptReport failure(NextestEvent event) {
    String text = event.text();
    return switch (event.silence()) {
      case TIME_LIMIT ->
          AttemptReport.of(
              Outcome.TIMED_OUT,
              event.took(),
              "ran longer than slow-timeout in the project's nextest configuration allows",
              text);
      case OTHER ->
          AttemptReport.of(
              Outcome.FAILED,
              event.took(),
              "nextest calls it failed without a word, for a process that it left behind perhaps; the"
                  + " batch's log says why",
              text);
      case MUTE ->
          text.isEmpty()
              ? AttemptReport.of(
                  Outcome.CRASHED,
                  event.took(),
                  "its process ended without a word; the batch's log says how",
                  "")
              : AttemptReport.of(Outcome.FAILED, event.took(), message(text), text);
    };
  }

  private static String message(String text) {
    List<String> lines = text.lines().map(String::strip).toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int at = line.indexOf("panicked at ");
      if (at >= 0) {
        String place = line.substring(at + "panicked at ".length());
        return place.endsWith(":") && i + 1 < lines.size()
            ? lines.get(i + 1) + " (" + place.substring(0, place.length() - 1) + ")"
            : place;
      }
      if (line.startsWith("Error: ") || line.startsWith("note: test did not panic")) {
        return line;
      }
    }
    return lines.stream().filter(line -> !line.isEmpty()).findFirst().orElse("");
  }

  @Override
  public List<TestSignal> end(CommandEnd end) {
    if (end.cancelled() || ended.size() == count) {
      return List.of();
    }
    String text = framework.explainExit(end.exit());
    return text.isEmpty() ? List.of() : List.of(new TestSignal.Diagnosis(text));
  }
}
