package dev.offload.framework;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.SignalProtocol;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// What a batch's command said, heard through the adapter's decoder.
///
/// @param exit how the command ended
/// @param signals what the decoder made of it
/// @param tests the tests of the batch
public record BatchOutcome(Exit exit, List<TestSignal> signals, List<TestCase> tests) {
  private static final String TOKEN = "token-of-this-test";

  /// Run tests in a folder as a sandbox would.
  public static BatchOutcome run(
      TestFramework framework, Path project, Path folder, List<TestCase> tests)
      throws IOException, InterruptedException {
    ExecutionRequest request =
        new ExecutionRequest(tests, folder.toString(), Map.of(), false, Duration.ofSeconds(60));
    Step step = framework.execution(request);
    SignalDecoder decoder = framework.decoder(request);
    List<TestSignal> signals = new ArrayList<>();
    Raw raw = start(step, project, folder);
    for (String line : raw.stdout().split("(?<=\n)")) {
      feed(decoder, line, signals);
    }
    Map<String, Path> results = new HashMap<>();
    for (String name : step.resultFiles()) {
      if (Files.exists(folder.resolve(name))) {
        results.put(name, folder.resolve(name));
      }
    }
    String last = raw.stderr().isBlank() ? raw.stdout() : raw.stderr();
    signals.addAll(decoder.end(new CommandEnd(raw.exit(), false, results, last)));
    return new BatchOutcome(raw.exit(), signals, tests);
  }

  /// Run a discovery in a folder.
  public static CommandOutput discover(Step step, Path project, Path folder)
      throws IOException, InterruptedException {
    Raw raw = start(step, project, folder);
    List<String> frames = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    String mark = SignalProtocol.MARK + TOKEN + " ";
    for (String line : raw.stdout().split("\n")) {
      if (line.startsWith(mark)) {
        frames.add(line.substring(mark.length()));
      } else {
        plain.append(line).append('\n');
      }
    }
    return new CommandOutput(raw.exit(), frames, plain.toString(), raw.stderr());
  }

  private record Raw(Exit exit, String stdout, String stderr) {}

  private static Raw start(Step step, Path project, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    for (var file : step.files()) {
      Files.writeString(folder.resolve(file.name()), file.content());
    }
    ProcessBuilder builder = new ProcessBuilder(step.command().argv());
    builder.directory(project.resolve(step.command().workingDirectory()).toFile());
    builder.environment().putAll(step.command().env());
    builder.environment().put(SignalProtocol.TOKEN_VARIABLE, TOKEN);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    if (!process.waitFor(300, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the command did not end");
    }
    return new Raw(Exit.ofShellStatus(process.exitValue()), text(out), text(err));
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static void feed(SignalDecoder decoder, String line, List<TestSignal> signals) {
    String mark = SignalProtocol.MARK + TOKEN + " ";
    int at = line.indexOf(mark);
    if (at >= 0) {
      signals.addAll(decoder.frame(line.substring(at + mark.length()).stripTrailing()));
    } else if (decoder.readsStdout()) {
      signals.addAll(
          decoder.stdoutLine(line.endsWith("\n") ? line.substring(0, line.length() - 1) : line));
    }
  }

  /// Return the first report of each test that has one, by id.
  public Map<String, AttemptReport> reports() {
    Map<String, AttemptReport> reports = new TreeMap<>();
    for (TestSignal signal : signals) {
      if (signal instanceof TestSignal.Finished(int index, var report)) {
        reports.putIfAbsent(tests.get(index).id().value(), report);
      }
    }
    return reports;
  }

  /// Return the first report of a test that must have one.
  public AttemptReport report(String id) {
    AttemptReport report = reports().get(id);
    if (report == null) {
      throw new AssertionError("nothing was reported of " + id);
    }
    return report;
  }

  /// Return the outcome of each test that has one, by id.
  public Map<String, Outcome> outcomes() {
    Map<String, Outcome> outcomes = new TreeMap<>();
    reports().forEach((id, report) -> outcomes.put(id, report.outcome()));
    return outcomes;
  }

  /// Return all diagnoses in one text.
  public String diagnoses() {
    StringBuilder text = new StringBuilder();
    for (TestSignal signal : signals) {
      if (signal instanceof TestSignal.Diagnosis(String diagnosis)) {
        text.append(diagnosis).append('\n');
      }
    }
    return text.toString();
  }

  /// Make tests that have nothing but an id.
  public static List<TestCase> tests(String... ids) {
    return List.of(ids).stream().map(id -> new TestCase(new TestId(id), "g", "", 0, "")).toList();
  }
}
