package dev.offload.testkit;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.BuildRequest;
import dev.offload.api.framework.BuildResult;
import dev.offload.api.framework.BuiltFiles;
import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.SignalProtocol;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.framework.WarmStep;
import dev.offload.api.test.TestCase;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Use a framework's adapter with the real tool, as the engine does, without the engine: place the
/// files of a step, run its command, and read what it sends while it runs.
public final class FrameworkRun {
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final Duration TEST_TIMEOUT = Duration.ofMinutes(1);

  private final TestFramework framework;
  private final Path project;
  private final Path folder;
  private final Map<String, String> env;
  private BuiltFiles built = BuiltFiles.NONE;
  private Optional<Path> builtAway = Optional.empty();
  private Optional<Path> listedFor = Optional.empty();
  private @Nullable KeptProcess kept;
  private int steps;

  /// Make it.
  ///
  /// @param project where commands run
  /// @param folder where the private folders of commands are made
  /// @param env variables for all commands
  public FrameworkRun(TestFramework framework, Path project, Path folder, Map<String, String> env) {
    this.framework = framework;
    this.project = project;
    this.folder = folder;
    this.env = Map.copyOf(env);
  }

  /// List the tests of a group named `g`, before a build.
  public Discovery discover(String filters) throws IOException, InterruptedException {
    Path place = place();
    Path building = place();
    listedFor = Optional.of(building);
    DiscoveryRequest request =
        new DiscoveryRequest("g", filters, place.toString(), building.toString(), env);
    return framework.readDiscovery(request, output(framework.discovery(request), place));
  }

  /// Run a command that lists tests, and return all it said.
  public CommandOutput output(Step step) throws IOException, InterruptedException {
    return output(step, place());
  }

  /// List the tests of a group named `g`, all of which can be collected.
  public List<TestCase> tests(String filters) throws IOException, InterruptedException {
    Discovery discovery = discover(filters);
    if (discovery instanceof Discovery.Found found && found.errors().isEmpty()) {
      return found.tests();
    }
    throw new AssertionError("the tests cannot be collected: " + discovery);
  }

  /// Build what batches need, if the framework builds anything.
  ///
  /// @param shared whether later batches see what was built where it was built; otherwise what they
  ///   ask for is copied for them
  /// @return whether there was anything to do
  public boolean build(List<TestCase> tests, boolean shared)
      throws IOException, InterruptedException {
    Path place = listedFor.orElseGet(this::place);
    listedFor = Optional.empty();
    BuildRequest request = new BuildRequest(tests, place.toString(), shared, env);
    Optional<Step> step = framework.build(request);
    if (step.isEmpty()) {
      return false;
    }
    switch (framework.readBuild(request, output(step.get(), place))) {
      case BuildResult.Built(List<String> files, var _) -> {
        Path there = shared ? place : place();
        built = new BuiltFiles(there.toString(), Set.copyOf(files));
        builtAway = shared ? Optional.empty() : Optional.of(place);
      }
      case BuildResult.Failed failed ->
          throw new AssertionError(failed.message() + "\n" + failed.details());
    }
    return true;
  }

  /// Run a batch.
  public BatchResult run(List<TestCase> tests) throws IOException, InterruptedException {
    return run(tests, false);
  }

  /// Run a batch in a process of its own.
  public BatchResult run(List<TestCase> tests, boolean failFast)
      throws IOException, InterruptedException {
    Path place = place();
    ExecutionRequest request = request(tests, failFast, place);
    Step step = framework.execution(request);
    bring(step);
    Heard heard = new Heard(framework.decoder(request));
    Ended ended = start(step, place, heard::frame, heard::line);
    Map<String, Path> results = new HashMap<>();
    for (String name : step.resultFiles()) {
      if (Files.exists(place.resolve(name))) {
        results.put(name, place.resolve(name));
      }
    }
    return heard.end(tests, ended.exit(), ended.stderr(), results);
  }

  /// Return whether the framework can keep a process that runs these tests.
  public boolean keepsProcesses(List<TestCase> tests) {
    return framework.warm(request(tests, false, folder)).isPresent();
  }

  /// Run a batch in a process that is kept for later ones, where the framework has such for these
  /// tests; otherwise as [#run(List, boolean)] does.
  public BatchResult runWarm(List<TestCase> tests, boolean failFast)
      throws IOException, InterruptedException {
    Path place = kept == null ? place() : kept.folder();
    ExecutionRequest request = request(tests, failFast, place);
    Optional<WarmStep> step = framework.warm(request);
    if (step.isEmpty()) {
      return run(tests, failFast);
    }
    if (kept != null && !kept.takes(step.get().start())) {
      stopWarm();
      return runWarm(tests, failFast);
    }
    bring(step.get().start());
    Heard heard = new Heard(framework.decoder(request));
    KeptProcess process = kept;
    if (process == null) {
      place(step.get().start(), place);
      KeptProcess.place(place, 1, step.get().order());
      process =
          new KeptProcess(step.get().start(), place, guarded(builder(step.get().start()).start()));
      kept = process;
    } else {
      process.order(step.get().order());
    }
    Exit exit = process.answer(heard::frame, heard::line);
    return heard.end(tests, exit, process.takeStderr(), Map.of());
  }

  /// End the process that is kept for batches, if there is one, in good order.
  ///
  /// @return what it told the user
  public List<String> stopWarm() throws IOException, InterruptedException {
    KeptProcess process = kept;
    kept = null;
    return process == null ? List.of() : process.stop();
  }

  private ExecutionRequest request(List<TestCase> tests, boolean failFast, Path place) {
    return new ExecutionRequest(tests, place.toString(), env, failFast, TEST_TIMEOUT, built);
  }

  /// Copy what a step needs of what was built to where it looks for it.
  private void bring(Step step) throws IOException {
    if (builtAway.isPresent()) {
      for (String file : step.builtFiles()) {
        Path there = Path.of(built.path(file));
        if (!Files.exists(there)) {
          Files.createDirectories(there.getParent());
          Files.copy(builtAway.get().resolve(file), there);
        }
      }
    }
  }

  /// What a batch says, through its decoder.
  private static final class Heard {
    private final SignalDecoder decoder;
    private final List<BatchResult.Heard> signals = new ArrayList<>();
    private final StringBuilder plain = new StringBuilder();
    private final long began = System.nanoTime();

    Heard(SignalDecoder decoder) {
      this.decoder = decoder;
    }

    private void said(List<TestSignal> news) {
      Duration after = Duration.ofNanos(System.nanoTime() - began);
      news.forEach(signal -> signals.add(new BatchResult.Heard(signal, after)));
    }

    void frame(String payload) {
      said(decoder.frame(payload));
    }

    void line(String line) {
      plain.append(line).append('\n');
      if (decoder.readsStdout()) {
        said(decoder.stdoutLine(line));
      }
    }

    BatchResult end(List<TestCase> tests, Exit exit, String stderr, Map<String, Path> results) {
      String last = stderr.isBlank() ? plain.toString() : stderr;
      said(decoder.end(new CommandEnd(exit, false, results, last)));
      return new BatchResult(tests, signals, exit, plain.toString(), stderr);
    }
  }

  private Path place() {
    return folder.resolve("command-" + ++steps);
  }

  private CommandOutput output(Step step, Path place) throws IOException, InterruptedException {
    List<String> frames = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    Ended ended = start(step, place, frames::add, line -> plain.append(line).append('\n'));
    return new CommandOutput(ended.exit(), frames, plain.toString(), ended.stderr());
  }

  private record Ended(Exit exit, String stderr) {}

  private Ended start(Step step, Path place, Consumer<String> frames, Consumer<String> lines)
      throws IOException, InterruptedException {
    place(step, place);
    Path errors = Files.createTempFile(folder, "stderr", "");
    Process process = guarded(builder(step).redirectError(errors.toFile()).start());
    try (InputStream in = new BufferedInputStream(process.getInputStream())) {
      boolean _ =
          FrameLines.read(
              in,
              frame -> {
                frames.accept(frame);
                return true;
              },
              lines);
    }
    int status = process.waitFor();
    String text = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8);
    return new Ended(Exit.ofShellStatus(status), text);
  }

  private static void place(Step step, Path place) throws IOException {
    Files.createDirectories(place);
    for (PlacedFile file : step.files()) {
      Path path = place.resolve(file.name());
      Files.createDirectories(path.getParent());
      Files.write(path, file.bytes());
    }
  }

  private ProcessBuilder builder(Step step) {
    ProcessBuilder builder = new ProcessBuilder(step.command().argv());
    builder.directory(project.resolve(step.command().workingDirectory()).toFile());
    // Offload may run this test itself.
    builder.environment().keySet().removeIf(name -> name.startsWith("OFFLOAD"));
    builder.environment().putAll(env);
    builder.environment().putAll(step.command().env());
    builder.environment().put(SignalProtocol.TOKEN_VARIABLE, FrameLines.TOKEN);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    return builder;
  }

  /// Return a process that will not run forever.
  private static Process guarded(Process process) {
    process
        .onExit()
        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .exceptionally(_ -> {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          return process.destroyForcibly();
        });
    return process;
  }
}
