package dev.offload.provider.shell;

import dev.offload.api.command.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Cut a stream of bytes into lines; what is beyond the longest line is dropped.
public final class Lines {
  private static final int LONGEST = 16_384;

  private final Consumer<String> consumer;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean pending;

  /// Make it.
  ///
  /// @param consumer takes each line without its end
  public Lines(Consumer<String> consumer) {
    this.consumer = consumer;
  }

  /// Return a sink for the two streams of a command.
  public static OutputSink sink(Lines stdout, Lines stderr) {
    return new OutputSink() {
      @Override
      public void stdout(byte[] buffer, int offset, int length) {
        stdout.take(buffer, offset, length);
      }

      @Override
      public void stderr(byte[] buffer, int offset, int length) {
        stderr.take(buffer, offset, length);
      }
    };
  }

  /// Take bytes.
  public synchronized void take(byte[] buffer, int offset, int length) {
    int start = offset;
    for (int i = offset; i < offset + length; i++) {
      if (buffer[i] == '\n') {
        append(buffer, start, i);
        end();
        start = i + 1;
      }
    }
    append(buffer, start, offset + length);
  }

  private void append(byte[] buffer, int start, int end) {
    int room = LONGEST - line.size();
    line.write(buffer, start, Math.min(room, end - start));
    pending |= end > start;
  }

  /// End the line that has no line end.
  public synchronized void flush() {
    if (pending) {
      end();
    }
  }

  private void end() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    pending = false;
    consumer.accept(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }
}
