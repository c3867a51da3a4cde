package dev.offload.engine.event;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Split bytes into lines without keeping more than one, and that up to a limit.
final class LineReader implements Closeable {
  private static final int USUAL_LINE = 1 << 16;

  private final InputStream in;
  private final int maxLength;
  private final byte[] chunk = new byte[1 << 16];
  private int position;
  private int available;
  private byte[] line = new byte[USUAL_LINE];
  private int length;
  private boolean tooLong;
  private boolean cutOff;

  LineReader(InputStream in, int maxLength) {
    this.in = in;
    this.maxLength = maxLength;
  }

  /// Go to the next line.
  ///
  /// @return whether there is one
  boolean next() throws IOException {
    if (length > USUAL_LINE) {
      line = new byte[USUAL_LINE];
    }
    length = 0;
    tooLong = false;
    cutOff = false;
    boolean any = false;
    while (fill()) {
      any = true;
      int end = position;
      while (end < available && chunk[end] != '\n') {
        end++;
      }
      append(end - position);
      boolean ended = end < available;
      position = ended ? end + 1 : end;
      if (ended) {
        return true;
      }
    }
    cutOff = any;
    return any;
  }

  private boolean fill() throws IOException {
    if (position < available) {
      return true;
    }
    position = 0;
    available = Math.max(0, in.read(chunk));
    return available > 0;
  }

  private void append(int count) {
    if (tooLong || length + count > maxLength) {
      tooLong = true;
      return;
    }
    if (length + count > line.length) {
      int doubled = (int) Math.min(2L * line.length, maxLength);
      line = Arrays.copyOf(line, Math.max(length + count, doubled));
    }
    System.arraycopy(chunk, position, line, length, count);
    length += count;
  }

  boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\r' && line[i] != '\t') {
        return false;
      }
    }
    return !tooLong;
  }

  /// Return whether the line is longer than the limit; its bytes are then not kept.
  boolean isTooLong() {
    return tooLong;
  }

  /// Return whether the input ended before the line did.
  boolean isCutOff() {
    return cutOff;
  }

  /// Return an array that begins with the line; valid until [#next].
  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
