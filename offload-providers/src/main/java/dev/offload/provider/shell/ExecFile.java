package dev.offload.provider.shell;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.SandboxException;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// Write the standard output of a script of ours to a file.
final class ExecFile implements OutputSink {
  private final OutputStream file;
  private final ExecText text = new ExecText();
  private volatile @Nullable IOException failure;

  ExecFile(OutputStream file) {
    this.file = file;
  }

  @Override
  public void stdout(byte[] buffer, int offset, int length) {
    if (failure == null) {
      try {
        file.write(buffer, offset, length);
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  @Override
  public void stderr(byte[] buffer, int offset, int length) {
    text.stderr(buffer, offset, length);
  }

  /// Throw when the file is not whole.
  void check(String remote, Exit exit) throws IOException, SandboxException {
    IOException broken = failure;
    if (broken != null) {
      throw broken;
    }
    if (exit.isProgramMissing()) {
      throw new SandboxException.Fatal(
          "there is no 'cat' in the sandbox, which is needed to read '" + remote + "'", null);
    }
    if (!exit.isSuccess()) {
      throw new SandboxException.Transient(
          "reading '%s' ended with %s: %s".formatted(remote, exit.inWords(), text.stderr().strip()),
          null);
    }
  }
}
