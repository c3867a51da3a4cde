package dev.offload.provider.shell;

import dev.offload.api.command.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Keep the short output of a script of ours; what is beyond 64 KB of a stream is left out.
public final class ExecText implements OutputSink {
  private static final int LONGEST = 1 << 16;

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  @Override
  public void stdout(byte[] buffer, int offset, int length) {
    keep(stdout, buffer, offset, length);
  }

  @Override
  public void stderr(byte[] buffer, int offset, int length) {
    keep(stderr, buffer, offset, length);
  }

  private static void keep(ByteArrayOutputStream kept, byte[] buffer, int offset, int length) {
    kept.write(buffer, offset, Math.min(length, LONGEST - kept.size()));
  }

  /// Return what it wrote to its standard output.
  public String stdout() {
    return stdout.toString(StandardCharsets.UTF_8);
  }

  /// Return what it wrote to its standard error.
  public String stderr() {
    return stderr.toString(StandardCharsets.UTF_8);
  }
}
