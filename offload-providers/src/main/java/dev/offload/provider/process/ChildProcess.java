package dev.offload.provider.process;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.CannotStart.Reason;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Run one child process: in a session and process group of its own where the machine has `setsid`,
/// its output handed over while it comes, ended with everything it started.
public final class ChildProcess {
  /// How long a process may take to end by itself when it is asked to.
  public static final Duration GRACE = Duration.ofMillis(250);

  /// How long a stream that a grandchild holds open may be silent after the process ended.
  private static final Duration STRAGGLER_GRACE = Duration.ofSeconds(1);

  private final Process process;
  private final boolean ownGroup;
  private final ProcessMark mark;
  private final List<Pump> pumps;

  private ChildProcess(Process process, boolean ownGroup, ProcessMark mark, OutputSink sink) {
    this.process = process;
    this.ownGroup = ownGroup;
    this.mark = mark;
    String name = "output of process " + process.pid();
    this.pumps =
        List.of(
            Pump.start(name, process.getInputStream(), sink::stdout),
            Pump.start(name, process.getErrorStream(), sink::stderr));
  }

  /// Run a process to its end, as a shell would: a program that cannot be started is an exit with a
  /// message. Interruption ends the whole tree.
  ///
  /// @throws SandboxException.Transient when the machine cannot start a process now
  public static Exit run(ProcessSpec spec, OutputSink sink)
      throws SandboxException.Transient, InterruptedException {
    try {
      return start(spec, sink).await();
    } catch (CannotStart e) {
      return e.asExit(sink);
    }
  }

  /// Start it.
  public static ChildProcess start(ProcessSpec spec, OutputSink sink) throws CannotStart {
    if (!Files.isDirectory(spec.directory())) {
      throw new CannotStart(
          Reason.NOT_USABLE, "the working directory '" + spec.directory() + "' does not exist");
    }
    String path = path(spec.env());
    ProgramLookup.find(spec.argv().getFirst(), spec.directory(), path);
    boolean ownGroup = hasSetsid(path);
    List<String> argv = new ArrayList<>(spec.argv());
    if (ownGroup) {
      argv.addFirst("setsid");
    }
    Process process = start(spec, argv);
    ChildProcess child = new ChildProcess(process, ownGroup, spec.mark(), sink);
    if (spec.stdin() instanceof Stdin.Text(String text)) {
      feed(process, text);
    }
    return child;
  }

  private static Process start(ProcessSpec spec, List<String> argv) throws CannotStart {
    try {
      ProcessBuilder builder = new ProcessBuilder(argv).directory(spec.directory().toFile());
      builder.environment().putAll(spec.env());
      builder.environment().put(ProcessMark.VARIABLE, spec.mark().environmentValue());
      builder.redirectInput(
          switch (spec.stdin()) {
            case Stdin.Empty _ -> Redirect.from(new File("/dev/null"));
            case Stdin.Text _, Stdin.Open _ -> Redirect.PIPE;
            case Stdin.FromFile(Path file) -> Redirect.from(file.toFile());
          });
      return builder.start();
    } catch (IOException | IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      boolean tooLong = message.contains("Argument list too long") || message.contains("error=7");
      Reason reason =
          e instanceof IllegalArgumentException || tooLong || message.contains("null character")
              ? Reason.NOT_USABLE
              : Reason.EXHAUSTED;
      throw new CannotStart(
          reason, "'" + spec.argv().getFirst() + "' could not be started: " + message);
    }
  }

  private static String path(Map<String, String> env) {
    String path = env.getOrDefault("PATH", System.getenv("PATH"));
    return path == null ? "/usr/bin:/bin" : path;
  }

  private static boolean hasSetsid(String path) {
    try {
      ProgramLookup.find("setsid", Path.of("/"), path);
      return true;
    } catch (CannotStart _) {
      return false;
    }
  }

  private static void feed(Process process, String text) {
    Thread.ofPlatform()
        .daemon()
        .name("input of process " + process.pid())
        .start(() -> {
          try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(text.getBytes(StandardCharsets.UTF_8));
          } catch (IOException _) {
            return; // it did not want to read on
          }
        });
  }

  /// Wait for the end and for the last of the output; interruption ends the whole tree.
  public Exit await() throws InterruptedException {
    try {
      int status = process.waitFor();
      return finish(status);
    } catch (InterruptedException e) {
      abandon(GRACE);
      throw e;
    }
  }

  /// Wait as [#await()] does, at most for a time.
  ///
  /// @return empty when the time was up; the whole tree is ended then
  public Optional<Exit> await(Duration longest) throws InterruptedException {
    try {
      if (process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.of(finish(process.exitValue()));
      }
    } catch (InterruptedException e) {
      abandon(GRACE);
      throw e;
    }
    abandon(GRACE);
    return Optional.empty();
  }

  private Exit finish(int status) throws InterruptedException {
    long end = System.nanoTime();
    for (Pump pump : pumps) {
      pump.finish(end, STRAGGLER_GRACE);
    }
    return Exit.ofShellStatus(status);
  }

  private void abandon(Duration grace) {
    ProcessTree.end(process, ownGroup, mark, grace);
    pumps.forEach(Pump::abandon);
  }

  /// Kill the whole tree now, from any thread; who awaits it sees it end.
  public void kill() {
    ProcessTree.end(process, ownGroup, mark, Duration.ZERO);
  }

  /// Return the standard input of a process that was started with [Stdin.Open]. Writing blocks
  /// while the process does not read; use it from a platform thread.
  public OutputStream stdin() {
    return process.getOutputStream();
  }

  /// Return the number of the process.
  public long pid() {
    return process.pid();
  }
}
