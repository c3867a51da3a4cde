package dev.offload.engine.discovery;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.Step;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.engine.session.TailBuffer;
import dev.offload.engine.session.WrappedCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Run commands on this machine, in a sandbox of the local provider, and collect their output.
public final class LocalCommands {
  private static final int KEPT = 4 * 1024 * 1024;
  private static final Duration BEAT = Duration.ofSeconds(1);

  private final Sandbox sandbox;
  private final AtomicInteger folders = new AtomicInteger();

  /// Make it for a sandbox of the local provider.
  public LocalCommands(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /// Return the absolute path of a new private folder for one command.
  public String newFolder() {
    return sandbox.scratch() + "/command-" + folders.incrementAndGet();
  }

  /// Place the files of a step, run its command to its end and return its output.
  ///
  /// @param folder the folder that was named when the step was made
  public CommandOutput run(Step step, String folder) throws SandboxException, InterruptedException {
    try {
      for (PlacedFile file : step.files()) {
        Path path = Path.of(folder).resolve(file.name());
        Files.createDirectories(path.getParent());
        Files.write(path, file.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return run(step.command());
  }

  /// Run a command to its end and return its output.
  public CommandOutput run(Command command) throws SandboxException, InterruptedException {
    Collector collector = new Collector();
    Exit exit = new WrappedCommand(sandbox, BEAT).run(command, collector);
    return new CommandOutput(
        exit, collector.frames, collector.stdout.text(), collector.stderr.text());
  }

  private static final class Collector implements WrappedCommand.Listener {
    private final List<String> frames = new ArrayList<>();
    private final TailBuffer stdout = new TailBuffer(KEPT);
    private final TailBuffer stderr = new TailBuffer(KEPT);

    @Override
    public void heard() {}

    @Override
    public void frame(String payload) {
      frames.add(payload);
    }

    @Override
    public void stdout(byte[] buffer, int offset, int length) {
      stdout.write(buffer, offset, length);
    }

    @Override
    public void stderr(byte[] buffer, int offset, int length) {
      stderr.write(buffer, offset, length);
    }
  }
}
