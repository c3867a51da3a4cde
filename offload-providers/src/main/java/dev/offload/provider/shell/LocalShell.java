package dev.offload.provider.shell;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.provider.process.CannotStart;
import dev.offload.provider.process.ChildProcess;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.process.ProcessSpec;
import dev.offload.provider.process.Stdin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Run the provider's commands with the `sh` of this machine, and read their answers.
public final class LocalShell {
  /// Describe a filled-in command.
  ///
  /// @param key the key of the configuration it stands under
  /// @param env variables for it, on this machine
  public record Line(String key, String text, Map<String, String> env, Stdin stdin) {
    /// Make a line without variables and input.
    public static Line of(CommandTemplate template, Map<String, String> values) {
      return new Line(template.key(), template.fill(values), Map.of(), Stdin.empty());
    }
  }

  private final Path directory;
  private final Set<String> worked = ConcurrentHashMap.newKeySet();

  /// Make it.
  ///
  /// @param directory the absolute directory the commands run in
  public LocalShell(Path directory) {
    this.directory = directory;
  }

  /// Start a line.
  ///
  /// @throws SandboxException.Transient when the machine cannot do it now
  /// @throws SandboxException.Fatal when it never will
  public ChildProcess start(Line line, OutputSink sink) throws SandboxException {
    try {
      return ChildProcess.start(
          new ProcessSpec(
              List.of("/bin/sh", "-c", line.text()),
              line.env(),
              directory,
              line.stdin(),
              ProcessMark.fresh()),
          sink);
    } catch (CannotStart e) {
      String message = line.key() + ": " + e.why();
      throw switch (e.reason()) {
        case EXHAUSTED -> new SandboxException.Transient(message, e);
        case NOT_FOUND, NOT_USABLE -> new SandboxException.Fatal(message, e);
      };
    }
  }

  /// Run a line to its end, at most for `longest`, and return its answer whatever it is.
  ///
  /// @param progress takes every line it prints
  /// @param running knows the process while it runs
  public Answer ask(Line line, Duration longest, Consumer<String> progress, Running running)
      throws SandboxException, InterruptedException {
    AtomicReference<String> lastLine = new AtomicReference<>("");
    ProviderWords words = new ProviderWords();
    Lines stdout =
        new Lines(text -> {
          if (!text.isBlank()) {
            lastLine.set(text.strip());
          }
          progress.accept(text);
        });
    Lines stderr =
        new Lines(text -> {
          words.own(text);
          progress.accept(text);
        });
    ChildProcess child = start(line, Lines.sink(stdout, stderr));
    Optional<Exit> exit = running.during(child, () -> child.await(longest));
    stdout.flush();
    stderr.flush();
    if (exit.isEmpty()) {
      throw new SandboxException.Transient(
          "%s did not end within %s seconds and was killed. %s"
              .formatted(line.key(), longest.toSeconds(), words.lastLines())
              .strip(),
          null);
    }
    return new Answer(line.key(), exit.get(), lastLine.get(), words);
  }

  /// Throw what an answer tells of, if it is not success.
  public void check(Answer answer) throws SandboxException {
    Optional<Death> death = answer.death();
    if (death.isPresent()) {
      throw new SandboxDead(death.get());
    }
    if (!answer.exit().isSuccess()) {
      throw failure(answer);
    }
    worked(answer.key());
  }

  /// Return the failure an answer tells of.
  public SandboxException failure(Answer answer) {
    return answer.failure(worked.contains(answer.key()));
  }

  /// Remember that the command under this key works.
  public void worked(String key) {
    worked.add(key);
  }
}
