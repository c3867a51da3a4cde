package dev.offload.provider.command;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.command.CommandSettings.StdinSupport;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.InSandbox;
import dev.offload.provider.shell.Script;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Decide how the variables of commands get into sandboxes: their values must not stand on a
/// command line.
///
/// The ways, in order: standard input of the exec command; a file, through the upload command; as a
/// last resort the command line, with a warning. Whether standard input works is tried out once for
/// all sandboxes of a provider, when it is first needed.
final class Variables {
  /// How the values travel.
  enum Way {
    /// On the standard input of the exec command.
    STDIN,
    /// In a file.
    FILE,
    /// On the command line.
    COMMAND_LINE
  }

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int PROBES = 2;

  private final CommandSettings settings;
  private final Consumer<String> warnings;
  private final ReentrantLock probing = new ReentrantLock();
  private StdinSupport stdin;
  private int brokenProbes;
  private boolean warned;

  Variables(CommandSettings settings, Consumer<String> warnings) {
    this.settings = settings;
    this.warnings = warnings;
    this.stdin = settings.stdin();
  }

  /// Return the way for secrets.
  Way way(InSandbox sandbox) throws SandboxException, InterruptedException {
    if (hasStdin(sandbox)) {
      return Way.STDIN;
    }
    if (settings.upload().isPresent()) {
      return Way.FILE;
    }
    warn();
    return Way.COMMAND_LINE;
  }

  private void warn() {
    probing.lock();
    try {
      if (!warned) {
        warnings.accept(
            "warning: exec_command does not hand on standard input and there is no upload_command,"
                + " so the values of env stand on command lines, where others on this machine can"
                + " read them");
      }
      warned = true;
    } finally {
      probing.unlock();
    }
  }

  /// Return whether the exec command hands on standard input and its end.
  boolean hasStdin(InSandbox sandbox) throws SandboxException, InterruptedException {
    probing.lockInterruptibly();
    try {
      if (stdin == StdinSupport.UNKNOWN) {
        stdin = probe(sandbox) ? StdinSupport.YES : StdinSupport.NO;
      }
      return stdin == StdinSupport.YES;
    } finally {
      probing.unlock();
    }
  }

  private boolean probe(InSandbox sandbox) throws SandboxException, InterruptedException {
    String word = ProcessMark.fresh().token();
    ByteArrayOutputStream echo = new ByteArrayOutputStream();
    OutputSink sink =
        new OutputSink() {
          @Override
          public void stdout(byte[] buffer, int offset, int length) {
            echo.write(buffer, offset, length);
          }

          @Override
          public void stderr(byte[] buffer, int offset, int length) {}
        };
    try {
      Optional<Exit> exit =
          sandbox.run(Script.of("cat", new Stdin.Text(word + "\n")), sink, PATIENCE);
      return exit.isPresent()
          && exit.get().isSuccess()
          && echo.toString(StandardCharsets.UTF_8).equals(word + "\n");
    } catch (SandboxException.Transient e) {
      brokenProbes++;
      if (brokenProbes < PROBES) {
        throw e;
      }
      return false;
    }
  }
}
