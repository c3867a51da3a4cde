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
import dev.offload.api.test.TestCase;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
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

/// Use a framework's adapter with the real tool, as the engine does, without the engine: place the
/// files of a step, run its command, and read what it sends while it runs.
public final class FrameworkRun {
  private static final String TOKEN = "token-of-this-test";
  private static final String MARK = SignalProtocol.MARK + TOKEN + " ";
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final Duration TEST_TIMEOUT = Duration.ofMinutes(1);

  private final TestFramework framework;
  private final Path project;
  private final Path folder;
  private final Map<String, String> env;
  private BuiltFiles built = BuiltFiles.NONE;
  private Optional<Path> builtAway = Optional.empty();
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

  /// List the tests of a group named `g`.
  public Discovery discover(String filters) throws IOException, InterruptedException {
    Path place = place();
    DiscoveryRequest request = new DiscoveryRequest("g", filters, place.toString(), env);
    return framework.readDiscovery(request, output(framework.discovery(request), place));
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
    Path place = place();
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

  /// Run a batch.
  public BatchResult run(List<TestCase> tests, boolean failFast)
      throws IOException, InterruptedException {
    Path place = place();
    ExecutionRequest request =
        new ExecutionRequest(tests, place.toString(), env, failFast, TEST_TIMEOUT, built);
    Step step = framework.execution(request);
    if (builtAway.isPresent()) {
      for (String file : step.builtFiles()) {
        Path there = Path.of(built.path(file));
        if (!Files.exists(there)) {
          Files.createDirectories(there.getParent());
          Files.copy(builtAway.get().resolve(file), there);
        }
      }
    }
    SignalDecoder decoder = framework.decoder(request);
    List<BatchResult.Heard> heard = new ArrayList<>();
    long began = System.nanoTime();
    Consumer<List<TestSignal>> said =
        signals -> {
          Duration after = Duration.ofNanos(System.nanoTime() - began);
          signals.forEach(signal -> heard.add(new BatchResult.Heard(signal, after)));
        };
    StringBuilder plain = new StringBuilder();
    Ended ended =
        start(
            step,
            place,
            frame -> said.accept(decoder.frame(frame)),
            line -> {
              plain.append(line).append('\n');
              if (decoder.readsStdout()) {
                said.accept(decoder.stdoutLine(line));
              }
            });
    Map<String, Path> results = new HashMap<>();
    for (String name : step.resultFiles()) {
      if (Files.exists(place.resolve(name))) {
        results.put(name, place.resolve(name));
      }
    }
    String last = ended.stderr().isBlank() ? plain.toString() : ended.stderr();
    said.accept(decoder.end(new CommandEnd(ended.exit(), false, results, last)));
    return new BatchResult(tests, heard, ended.exit(), plain.toString(), ended.stderr());
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
    Files.createDirectories(place);
    for (PlacedFile file : step.files()) {
      Path path = place.resolve(file.name());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.content());
    }
    ProcessBuilder builder = new ProcessBuilder(step.command().argv());
    builder.directory(project.resolve(step.command().workingDirectory()).toFile());
    builder.environment().putAll(env);
    builder.environment().putAll(step.command().env());
    builder.environment().put(SignalProtocol.TOKEN_VARIABLE, TOKEN);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Path errors = Files.createTempFile(folder, "stderr", "");
    builder.redirectError(errors.toFile());
    Process process = builder.start();
    Thread guard =
        Thread.ofVirtual()
            .start(() -> {
              try {
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                  process.descendants().forEach(ProcessHandle::destroyForcibly);
                  process.destroyForcibly();
                }
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    try (InputStream in = new BufferedInputStream(process.getInputStream())) {
      read(in, frames, lines);
    }
    int status = process.waitFor();
    guard.interrupt();
    String text = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8);
    return new Ended(Exit.ofShellStatus(status), text);
  }

  private static void read(InputStream in, Consumer<String> frames, Consumer<String> lines)
      throws IOException {
    StringBuilder pieces = new StringBuilder();
    ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 || buffer.size() > 0; next = in.read()) {
      if (next >= 0 && next != '\n') {
        buffer.write(next);
        continue;
      }
      String line = buffer.toString(StandardCharsets.UTF_8);
      buffer.reset();
      int at = line.indexOf(MARK);
      if (at < 0) {
        lines.accept(line);
        continue;
      }
      if (at > 0) {
        lines.accept(line.substring(0, at));
      }
      String payload = line.substring(at + MARK.length());
      if (payload.startsWith(String.valueOf(SignalProtocol.CONTINUED))) {
        pieces.append(payload, 1, payload.length());
      } else if (payload.startsWith(String.valueOf(SignalProtocol.LAST))) {
        frames.accept(pieces.append(payload, 1, payload.length()).toString());
        pieces.setLength(0);
      } else {
        frames.accept(payload);
      }
    }
  }
}
