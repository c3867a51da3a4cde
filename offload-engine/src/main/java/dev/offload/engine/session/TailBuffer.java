package dev.offload.engine.session;

import java.nio.charset.StandardCharsets;

/// Keep the last bytes of a stream. Thread-safe: evidence is read while the stream may still flow.
public final class TailBuffer {
  private final byte[] ring;
  private long written;

  /// Make it.
  ///
  /// @param capacity how many bytes are kept
  public TailBuffer(int capacity) {
    this.ring = new byte[capacity];
  }

  /// Take the next bytes.
  public synchronized void write(byte[] buffer, int offset, int length) {
    int skipped = Math.max(0, length - ring.length);
    written += skipped;
    for (int i = offset + skipped; i < offset + length; ) {
      int position = (int) (written % ring.length);
      int chunk = Math.min(ring.length - position, offset + length - i);
      System.arraycopy(buffer, i, ring, position, chunk);
      written += chunk;
      i += chunk;
    }
  }

  /// Return what is kept; a first line that was cut is left out when more follows.
  public synchronized String text() {
    int kept = (int) Math.min(written, ring.length);
    byte[] bytes = new byte[kept];
    int start = (int) ((written - kept) % ring.length);
    int first = Math.min(kept, ring.length - start);
    System.arraycopy(ring, start, bytes, 0, first);
    System.arraycopy(ring, 0, bytes, first, kept - first);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (written > ring.length) {
      int lineEnd = text.indexOf('\n');
      return lineEnd >= 0 && lineEnd < text.length() - 1 ? text.substring(lineEnd + 1) : text;
    }
    return text;
  }

  /// Return the last lines of the text, at most so many.
  public String lastLines(int count) {
    String text = text().stripTrailing();
    int at = text.length();
    for (int i = 0; i < count && at > 0; i++) {
      at = text.lastIndexOf('\n', at - 1);
    }
    return at <= 0 ? text : text.substring(at + 1);
  }
}
