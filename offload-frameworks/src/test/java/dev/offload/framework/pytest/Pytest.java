package dev.offload.framework.pytest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.TestCase;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Discover and run the tests of a project with a real pytest.
final class Pytest {
  final Path project;
  private final String version;
  private final Path scratch;
  private final Map<String, String> env = new HashMap<>();
  private List<String> command;
  private List<String> runArgs = List.of();
  private List<String> discoveryArgs = List.of();
  private List<String> paths = List.of();
  private String filters = "";
  private boolean failFast;
  private int orderSize;
  private int steps;

  /// Use one installed version, for example `pytest-9`, on a project; the commands' private folders
  /// are made in `scratch`.
  Pytest(String version, Path project, Path scratch) {
    this.version = version;
    this.project = project;
    this.scratch = scratch;
    this.command = List.of(TestTools.require(version + "/bin/python").toString(), "-m", "pytest");
  }

  Pytest paths(String... words) {
    paths = List.of(words);
    return this;
  }

  Pytest filters(String words) {
    filters = words;
    return this;
  }

  Pytest runArgs(String... words) {
    runArgs = List.of(words);
    return this;
  }

  Pytest discoveryArgs(String... words) {
    discoveryArgs = List.of(words);
    return this;
  }

  Pytest command(String... words) {
    command = List.of(words);
    return this;
  }

  Pytest failFast() {
    failFast = true;
    return this;
  }

  /// Run batches in warm processes, in orders of at most so many tests; 0 for a process of its own.
  Pytest warm(int size) {
    orderSize = size;
    return this;
  }

  Pytest env(String name, String value) {
    env.put(name, value);
    return this;
  }

  PytestFramework framework() {
    return new PytestFramework(new PytestOptions(command, true, paths, discoveryArgs, runArgs));
  }

  Discovery discovery() throws IOException, InterruptedException {
    Path folder = folder();
    DiscoveryRequest request = new DiscoveryRequest("group", filters, folder.toString(), env);
    PytestFramework framework = framework();
    CommandOutput output =
        new StepRun(project, folder, List.of()).run(framework.discovery(request));
    record("discovery", output);
    return framework.readDiscovery(request, output);
  }

  /// Discover groups with these filters in one pass.
  List<Discovery> discoveries(String... filters) throws IOException, InterruptedException {
    Path folder = folder();
    List<DiscoveryRequest> requests = new ArrayList<>();
    for (String words : filters) {
      requests.add(new DiscoveryRequest("group", words, folder.toString(), env));
    }
    PytestFramework framework = framework();
    CommandOutput output =
        new StepRun(project, folder, List.of()).run(framework.discovery(requests));
    return framework.readDiscovery(requests, output);
  }

  /// Discover, and insist that pytest answered.
  Discovery.Found found() throws IOException, InterruptedException {
    return switch (discovery()) {
      case Discovery.Found found -> found;
      case Discovery.Failed(String message, String details) ->
          throw new AssertionError(message + "\n" + details);
    };
  }

  ExecutionRequest request(List<TestCase> tests, Path folder) {
    return new ExecutionRequest(tests, folder.toString(), env, failFast, Duration.ofSeconds(60));
  }

  /// Run tests in one batch, or in several orders to one warm process, unless it ends.
  Batch run(List<TestCase> tests) throws IOException, InterruptedException {
    if (orderSize > 0) {
      try (WarmRun warm = new WarmRun(this)) {
        List<Batch> batches = new ArrayList<>();
        for (int at = 0; at < tests.size() && !warm.hasEnded(); at += orderSize) {
          batches.add(warm.run(tests.subList(at, Math.min(tests.size(), at + orderSize))));
        }
        return Batch.joined(batches);
      }
    }
    return runCold(tests);
  }

  Batch runCold(List<TestCase> tests) throws IOException, InterruptedException {
    Path folder = folder();
    ExecutionRequest request = request(tests, folder);
    PytestFramework framework = framework();
    CommandOutput output =
        new StepRun(project, folder, List.of()).run(framework.execution(request));
    record("execution", output);
    return Batch.read(framework, request, output);
  }

  private void record(String step, CommandOutput output) {
    PytestRecording.write(step + "-" + version + ".frames", output.frames(), project);
  }

  /// Run all that is discovered in one batch.
  Batch runAll() throws IOException, InterruptedException {
    return run(found().tests());
  }

  Path folder() throws IOException {
    return Files.createDirectories(scratch.resolve("step-" + steps++));
  }

  /// Hold what a batch reported.
  ///
  /// @param reports by test id
  /// @param started ids in the order in which they started
  /// @param unfinished ids that started and did not finish
  record Batch(
      Map<String, AttemptReport> reports,
      List<String> started,
      List<String> unfinished,
      List<String> diagnoses,
      CommandOutput output) {
    static Batch read(PytestFramework framework, ExecutionRequest request, CommandOutput output) {
      SignalDecoder decoder = framework.decoder(request);
      List<TestSignal> signals = new ArrayList<>();
      output.frames().forEach(frame -> signals.addAll(decoder.frame(frame)));
      signals.addAll(decoder.end(new CommandEnd(output.exit(), false, Map.of(), "")));
      Map<String, AttemptReport> reports = new LinkedHashMap<>();
      List<String> started = new ArrayList<>();
      List<String> unfinished = new ArrayList<>();
      List<String> diagnoses = new ArrayList<>();
      for (TestSignal signal : signals) {
        switch (signal) {
          case TestSignal.Started(int index) -> {
            started.add(id(request, index));
            unfinished.add(id(request, index));
          }
          case TestSignal.Finished(int index, AttemptReport report) -> {
            if (!unfinished.remove(id(request, index))) {
              throw new AssertionError(id(request, index) + " finished without having started");
            }
            reports.put(id(request, index), report);
          }
          case TestSignal.Split _ -> {}
          case TestSignal.Diagnosis(String text) -> diagnoses.add(text);
        }
      }
      return new Batch(reports, started, unfinished, diagnoses, output);
    }

    static Batch joined(List<Batch> batches) {
      Map<String, AttemptReport> reports = new LinkedHashMap<>();
      List<String> started = new ArrayList<>();
      List<String> unfinished = new ArrayList<>();
      List<String> diagnoses = new ArrayList<>();
      for (Batch batch : batches) {
        reports.putAll(batch.reports);
        started.addAll(batch.started);
        unfinished.addAll(batch.unfinished);
        diagnoses.addAll(batch.diagnoses);
      }
      return new Batch(reports, started, unfinished, diagnoses, batches.getLast().output);
    }

    AttemptReport report(String id) {
      AttemptReport report = reports.get(id);
      if (report == null) {
        throw new AssertionError(
            id + " was not reported; " + diagnoses + "\n" + output.stdout() + output.stderr());
      }
      return report;
    }

    /// One line per test in the order of their ends: `id: OUTCOME message`.
    List<String> lines() {
      List<String> lines = new ArrayList<>();
      reports.forEach((id, report) ->
          lines.add((id + ": " + report.outcome() + " " + report.message()).strip()));
      return lines;
    }

    private static String id(ExecutionRequest request, int index) {
      return request.tests().get(index).id().value();
    }
  }
}
