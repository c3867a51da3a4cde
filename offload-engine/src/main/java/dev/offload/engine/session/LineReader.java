package dev.offload.engine.session;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Cut bytes into lines of UTF-8 text. A line longer than the limit is cut; its rest is dropped.
/// Not thread-safe.
final class LineReader {
  private static final int LONGEST_LINE = 4 * 1024 * 1024;

  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  LineReader(Consumer<String> lines) {
    this.lines = lines;
  }

  void feed(byte[] buffer, int offset, int length) {
    int start = offset;
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (buffer[i] == '\n') {
        keep(buffer, start, i - start);
        emit();
        start = i + 1;
      }
    }
    keep(buffer, start, end - start);
  }

  /// Hand over a last line that has no line end.
  void finish() {
    if (line.size() > 0) {
      emit();
    }
  }

  private void keep(byte[] buffer, int offset, int length) {
    line.write(buffer, offset, Math.min(length, LONGEST_LINE - line.size()));
  }

  private void emit() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    lines.accept(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }
}
