package dev.offload.engine.event;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/// Encode lines of JSON as UTF-8 through a buffer of fixed size. Half a surrogate pair, which UTF-8
/// cannot hold, becomes its JSON escape.
final class Utf8Lines extends Writer {
  private final OutputStream target;
  private final byte[] buffer;
  private int filled;
  private char pendingHigh;

  Utf8Lines(OutputStream target, int bufferSize) {
    super(target);
    this.buffer = new byte[bufferSize];
    this.target = target;
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      char c = text[i];
      if (c < 0x80 && pendingHigh == 0) {
        put(c);
      } else {
        notAscii(c);
      }
    }
  }

  private void notAscii(char c) throws IOException {
    if (pendingHigh != 0) {
      char high = pendingHigh;
      pendingHigh = 0;
      if (Character.isLowSurrogate(c)) {
        int point = Character.toCodePoint(high, c);
        put(0xf0 | (point >> 18));
        putTail(point >> 12);
        putTail(point >> 6);
        putTail(point);
        return;
      }
      escape(high);
    }
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | (c >> 6));
      putTail(c);
    } else if (Character.isHighSurrogate(c)) {
      pendingHigh = c;
    } else if (Character.isLowSurrogate(c)) {
      escape(c);
    } else {
      put(0xe0 | (c >> 12));
      putTail(c >> 6);
      putTail(c);
    }
  }

  private void escape(char half) throws IOException {
    for (byte b : String.format("\\u%04x", (int) half).getBytes(StandardCharsets.US_ASCII)) {
      put(b);
    }
  }

  private void putTail(int bits) throws IOException {
    put(0x80 | (bits & 0x3f));
  }

  private void put(int b) throws IOException {
    if (filled == buffer.length) {
      flush();
    }
    buffer[filled++] = (byte) b;
  }

  boolean isEmpty() {
    return filled == 0;
  }

  /// Hand everything to the target. When that fails the buffer is dropped.
  @Override
  public void flush() throws IOException {
    int length = filled;
    filled = 0;
    if (length > 0) {
      target.write(buffer, 0, length);
    }
  }

  @Override
  public void close() throws IOException {
    try (target) {
      flush();
    }
  }
}
