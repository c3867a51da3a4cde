package dev.offload.framework.gotest;

import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Read the events of `go test -json`.
///
/// The last pass of a package is told only when the package has ended well: a package can fail
/// though each of its tests passed, by the exit code of its `TestMain` for example, and something
/// must be red then.
final class GoDecoder implements SignalDecoder {
  private final Map<String, PackageRun> packages = new HashMap<>();
  private final Map<String, StringBuilder> builds = new HashMap<>();

  /// One package of the batch.
  private static final class PackageRun {
    final Map<String, Integer> open = new LinkedHashMap<>();
    final Map<String, Integer> copies = new HashMap<>();
    final Map<Integer, GoTestRun> running = new TreeMap<>();
    final StringBuilder output = new StringBuilder();
    @Nullable GoTestRun last;
    int lastIndex;
    boolean failed;
  }

  GoDecoder(List<TestCase> tests) {
    for (int i = 0; i < tests.size(); i++) {
      GoTestName name = GoTestName.of(tests.get(i));
      PackageRun run = packages.computeIfAbsent(name.pkg(), _ -> new PackageRun());
      run.open.put(name.name(), i);
      run.copies.put(name.name(), name.copies());
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
    GoEvent event = GoEvent.parse(line);
    if (event.action().equals("build-output")) {
      builds.computeIfAbsent(event.pkg(), _ -> new StringBuilder()).append(event.output());
      return List.of();
    }
    PackageRun run = packages.get(event.pkg());
    if (run == null) {
      return List.of();
    }
    if (event.test().isEmpty()) {
      return ofPackage(run, event);
    }
    Integer index = run.open.get(event.parent());
    return index == null ? List.of() : ofTest(run, index, event);
  }

  private List<TestSignal> ofTest(PackageRun run, int index, GoEvent event) {
    boolean isNew = !run.running.containsKey(index);
    GoTestRun test =
        run.running.computeIfAbsent(
            index, _ -> new GoTestRun(run.copies.getOrDefault(event.parent(), 1)));
    List<TestSignal> signals = new ArrayList<>();
    if (isNew) {
      signals.add(new TestSignal.Started(index));
    }
    switch (event.action()) {
      case "output" -> test.output(event.output());
      case "fail" -> {
        if (event.isSubTest()) {
          test.subTestFailed(event.test());
        } else if (test.saysThatItFailed(event.test())) {
          signals.addAll(ended(run, index, event, Outcome.FAILED));
        } else if (run.running.size() == 1) {
          // The program ended in the middle of it; of several tests none is blamed.
          signals.addAll(crashed(run));
        }
      }
      case "pass" -> signals.addAll(ended(run, index, event, Outcome.PASSED));
      case "skip" -> signals.addAll(ended(run, index, event, Outcome.SKIPPED));
      default -> {}
    }
    return signals;
  }

  private List<TestSignal> ended(PackageRun run, int index, GoEvent event, Outcome outcome) {
    GoTestRun test = run.running.get(index);
    if (event.isSubTest() || test == null || !test.ended(outcome, event.elapsed())) {
      return List.of();
    }
    run.running.remove(index);
    run.open.remove(event.parent());
    AttemptReport report = test.report();
    run.failed |= report.outcome().isFailure();
    if (run.open.isEmpty() && !run.failed) {
      run.last = test;
      run.lastIndex = index;
      return List.of();
    }
    return List.of(new TestSignal.Finished(index, report));
  }

  private List<TestSignal> ofPackage(PackageRun run, GoEvent event) {
    return switch (event.action()) {
      case "output" -> {
        run.output.append(event.output());
        yield List.of();
      }
      case "pass", "skip" -> last(run, Outcome.PASSED, "");
      case "fail" -> packageFailed(run, event);
      default -> List.of();
    };
  }

  private static List<TestSignal> last(PackageRun run, Outcome outcome, String cause) {
    GoTestRun test = run.last;
    run.last = null;
    if (test == null) {
      return List.of();
    }
    AttemptReport report = outcome == Outcome.PASSED ? test.report() : test.report(outcome, cause);
    return List.of(new TestSignal.Finished(run.lastIndex, report));
  }

  private List<TestSignal> packageFailed(PackageRun run, GoEvent event) {
    StringBuilder build = builds.get(event.failedBuild());
    boolean isBuild = build != null || run.output.indexOf("[build failed]") >= 0;
    if (isBuild || run.output.indexOf("[setup failed]") >= 0) {
      String text = (build != null ? build : run.output).toString().strip();
      return allErrored(run, "the package cannot be built", text);
    }
    if (run.last != null) {
      run.last.output("\n" + run.output);
      String cause = "its package failed though its tests passed";
      return last(run, Outcome.ERRORED, cause);
    }
    if (run.running.size() == 1) {
      return crashed(run);
    }
    boolean beganNothing = run.running.isEmpty() && run.open.size() == run.copies.size();
    // What is open now never began, or is one of several that ran side by side: ask again.
    return beganNothing
        ? allErrored(run, "its package ended before the first test", run.output.toString().strip())
        : List.of();
  }

  /// The process ended while one test ran.
  private static List<TestSignal> crashed(PackageRun run) {
    int index = run.running.keySet().iterator().next();
    GoTestRun test = run.running.remove(index);
    if (test == null) {
      return List.of();
    }
    test.output("\n" + run.output);
    run.open.values().remove(index);
    return List.of(new TestSignal.Finished(index, test.crashed()));
  }

  private static List<TestSignal> allErrored(PackageRun run, String message, String details) {
    List<TestSignal> signals = new ArrayList<>();
    AttemptReport report = AttemptReport.of(Outcome.ERRORED, Duration.ZERO, message, details);
    for (int index : run.open.values()) {
      signals.add(new TestSignal.Started(index));
      signals.add(new TestSignal.Finished(index, report));
    }
    run.open.clear();
    return signals;
  }

  @Override
  public List<TestSignal> end(CommandEnd end) {
    List<TestSignal> signals = new ArrayList<>();
    for (PackageRun run : packages.values()) {
      // The go command itself ended early; the test has passed all the same.
      signals.addAll(last(run, Outcome.PASSED, ""));
    }
    if (end.exit().isProgramMissing()) {
      signals.add(new TestSignal.Diagnosis("The go command was not found in the sandbox."));
    }
    return signals;
  }
}
