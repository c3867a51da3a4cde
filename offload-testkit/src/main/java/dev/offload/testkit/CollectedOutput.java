package dev.offload.testkit;

import dev.offload.api.command.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Keep the output of a command, to look at it at any time.
public class CollectedOutput implements OutputSink {
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  /// Make it, empty.
  public CollectedOutput() {}

  @Override
  public void stdout(byte[] buffer, int offset, int length) {
    stdout.write(buffer, offset, length);
  }

  @Override
  public void stderr(byte[] buffer, int offset, int length) {
    stderr.write(buffer, offset, length);
  }

  /// Return the bytes of standard output so far.
  public byte[] stdoutBytes() {
    return stdout.toByteArray();
  }

  /// Return standard output so far, as text.
  public String stdout() {
    return stdout.toString(StandardCharsets.UTF_8);
  }

  /// Return standard error so far, as text.
  public String stderr() {
    return stderr.toString(StandardCharsets.UTF_8);
  }
}
