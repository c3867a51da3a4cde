package dev.offload.framework.command;

import dev.offload.api.command.Exit;
import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.framework.junitxml.JUnitCase;
import dev.offload.framework.junitxml.JUnitReport;
import dev.offload.framework.signal.SignalReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Find out how the tests of a batch went: from what the command says while it runs, from the
/// report it leaves, or from its exit code, in this order.
final class CommandDecoder implements SignalDecoder {
  /// What the script around the command says when it starts it.
  private static final String RUN = "run";

  private static final int TAIL_LINES = 100;
  private static final int SHOWN = 10;

  private final List<String> ids;
  private final CommandOptions options;
  private final LongSupplier clock;
  private final HarnessReader harness;
  private final SignalReader signals;
  private final TapReader tap;
  private final BitSet finished = new BitSet();
  private final Deque<String> tail = new ArrayDeque<>();
  private boolean streams;
  private long started;

  CommandDecoder(List<TestCase> tests, CommandOptions options, LongSupplier clock) {
    this.ids = tests.stream().map(test -> test.id().value()).toList();
    this.options = options;
    this.clock = clock;
    Map<String, Integer> indexes = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      indexes.put(ids.get(i), i);
    }
    this.harness = new HarnessReader(indexes, clock);
    this.signals = new SignalReader(ids.size());
    this.tap = new TapReader(indexes, description -> options.idOf("", description));
    this.started = clock.getAsLong();
  }

  @Override
  public List<TestSignal> frame(String payload) {
    if (payload.equals(RUN)) {
      started = clock.getAsLong();
      return isAlone() ? List.of(new TestSignal.Started(0)) : List.of();
    }
    streams = true;
    return noted(payload.startsWith("{") ? signals.read(payload) : harness.read(payload));
  }

  @Override
  public boolean readsStdout() {
    return true;
  }

  @Override
  public List<TestSignal> stdoutLine(String line) {
    tail.add(line);
    if (tail.size() > TAIL_LINES) {
      tail.remove();
    }
    harness.output(line);
    return options.tap() ? noted(tap.line(line)) : List.of();
  }

  @Override
  public List<TestSignal> end(CommandEnd end) {
    if (end.cancelled()) {
      return List.of();
    }
    List<TestSignal> said = new ArrayList<>(noted(tap.end()));
    streams |= tap.heardAnything();
    Path file = end.resultFiles().get(CommandFramework.REPORT);
    JUnitReport report = file == null ? new JUnitReport(List.of(), "") : JUnitReport.read(file);
    if (!report.problem().isEmpty()) {
      said.add(new TestSignal.Diagnosis("The report is damaged: " + report.problem() + "."));
    }
    ReportMatch match = new ReportMatch(ids, options);
    List<TestSignal> told = new ArrayList<>();
    match
        .match(report.cases())
        .forEach((index, attempt) -> {
          if (!finished.get(index)) {
            told.addAll(finish(index, attempt));
          }
        });
    said.addAll(noted(told));
    if (finished.cardinality() == ids.size()) {
      return said;
    }
    if (!match.unmatched().isEmpty()) {
      said.add(new TestSignal.Diagnosis(others(match.unmatched())));
    }
    if (!streams && told.isEmpty()) {
      said.addAll(fromExit(end, match.unmatched()));
    }
    return said;
  }

  /// Nothing but the exit code says how the tests went.
  private List<TestSignal> fromExit(CommandEnd end, List<JUnitCase> others) {
    if (end.exit().isSuccess()) {
      return options.promisesReport() || options.tap() ? unreported(others) : allPassed();
    }
    if (!isAlone()) {
      // Nothing was run: that is not the tests' doing, and dividing the batch would not help.
      boolean isMissing = CommandFramework.isMissing(end.exit());
      return isMissing ? List.of() : List.of(new TestSignal.Split());
    }
    if (end.exit() instanceof Exit.Signalled) {
      return List.of(); // the test was told to have begun, so it crashed
    }
    Outcome outcome = others.isEmpty() ? Outcome.FAILED : Outcome.ERRORED;
    String text = others.isEmpty() ? "" : others(others) + "\n\n" + details(others);
    String message = tap.bailOut().isEmpty() ? end.exit().inWords() : tap.bailOut();
    if (CommandFramework.isMissing(end.exit())) {
      message += ": a program that run_command names cannot be found or executed in the sandbox";
    }
    return finish(
        0,
        new AttemptReport(
            outcome,
            elapsed(1),
            message,
            (text + end.lastOutput()).strip(),
            String.join("\n", tail),
            ""));
  }

  private List<TestSignal> allPassed() {
    List<TestSignal> passed = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      String output = isAlone() ? String.join("\n", tail) : "";
      passed.addAll(
          finish(i, new AttemptReport(Outcome.PASSED, elapsed(ids.size()), "", "", output, "")));
    }
    return passed;
  }

  /// The command was to report and did not: a good exit code is no proof that it ran anything.
  private List<TestSignal> unreported(List<JUnitCase> others) {
    String text =
        others.isEmpty()
            ? "the command ended with exit code 0 and left no "
                + (options.promisesReport() ? "report" : "TAP")
                + " that names a test"
            : others(others);
    return isAlone()
        ? finish(0, AttemptReport.of(Outcome.NOT_REPORTED, Duration.ZERO, text, ""))
        : List.of(new TestSignal.Diagnosis(text));
  }

  private String others(List<JUnitCase> others) {
    List<String> shown = others.stream().limit(SHOWN).map(JUnitCase::inWords).toList();
    String more = others.size() > SHOWN ? " and " + (others.size() - SHOWN) + " more" : "";
    return "The report names what test_id_format ('%s') makes no test of this batch: %s%s."
        .formatted(options.idFormat(), String.join(", ", shown), more);
  }

  private static String details(List<JUnitCase> cases) {
    StringBuilder text = new StringBuilder();
    for (JUnitCase found : cases) {
      if (found.report().outcome().isFailure()) {
        text.append(found.inWords()).append(":\n").append(found.report().details()).append("\n\n");
      }
    }
    return text.toString();
  }

  private Duration elapsed(int share) {
    return Duration.ofNanos(Math.max(0, clock.getAsLong() - started)).dividedBy(share);
  }

  private boolean isAlone() {
    return ids.size() == 1;
  }

  private static List<TestSignal> finish(int index, AttemptReport report) {
    return List.of(new TestSignal.Started(index), new TestSignal.Finished(index, report));
  }

  private List<TestSignal> noted(List<TestSignal> said) {
    for (TestSignal signal : said) {
      if (signal instanceof TestSignal.Finished(int index, var _)) {
        finished.set(index);
      }
    }
    return said;
  }
}
