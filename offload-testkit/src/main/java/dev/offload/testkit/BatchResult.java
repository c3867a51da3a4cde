package dev.offload.testkit;

import dev.offload.api.command.Exit;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Hold what a batch's command said, as heard through the adapter's decoder.
///
/// @param tests the tests of the batch
/// @param heard the signals, in order
/// @param exit how the command ended
/// @param stdout its ordinary standard output
/// @param stderr its standard error
public record BatchResult(
    List<TestCase> tests, List<Heard> heard, Exit exit, String stdout, String stderr) {
  /// One signal.
  ///
  /// @param signal what was said
  /// @param after when, counted from the start of the command
  public record Heard(TestSignal signal, Duration after) {}

  /// Copy.
  public BatchResult {
    tests = List.copyOf(tests);
    heard = List.copyOf(heard);
  }

  /// Make tests that have nothing but an id.
  public static List<TestCase> casesOf(String... ids) {
    return List.of(ids).stream().map(id -> new TestCase(new TestId(id), "g", "", 0, "")).toList();
  }

  /// Return the signals, in order.
  public List<TestSignal> signals() {
    return heard.stream().map(Heard::signal).toList();
  }

  /// Return the first report of each test that has one, by id. A test that began and did not end is
  /// crashed, as the engine has it.
  public Map<String, AttemptReport> reports() {
    Map<String, AttemptReport> reports = new LinkedHashMap<>();
    List<String> begun = new ArrayList<>();
    for (Heard one : heard) {
      switch (one.signal()) {
        case TestSignal.Started(int index) -> begun.add(id(index));
        case TestSignal.Finished(int index, var report) -> reports.putIfAbsent(id(index), report);
        case TestSignal.Diagnosis _, TestSignal.Split _ -> {}
      }
    }
    for (String id : begun) {
      reports.computeIfAbsent(
          id, _ -> AttemptReport.of(Outcome.CRASHED, Duration.ZERO, exit.inWords(), stderr));
    }
    return reports;
  }

  /// Return the report of one test.
  ///
  /// @throws AssertionError when it has none
  public AttemptReport report(String id) {
    AttemptReport report = reports().get(id);
    if (report == null) {
      throw new AssertionError("no result of '%s'; %s".formatted(id, this));
    }
    return report;
  }

  /// Return the outcome of each test that has one, by id.
  public Map<String, Outcome> outcomes() {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    reports().forEach((id, report) -> outcomes.put(id, report.outcome()));
    return outcomes;
  }

  /// Return all diagnoses in one text.
  public String diagnoses() {
    StringBuilder text = new StringBuilder();
    for (Heard one : heard) {
      if (one.signal() instanceof TestSignal.Diagnosis(String diagnosis)) {
        text.append(diagnosis).append('\n');
      }
    }
    return text.toString();
  }

  private String id(int index) {
    return tests.get(index).id().value();
  }
}
