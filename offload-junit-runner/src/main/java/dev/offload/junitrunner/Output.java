package dev.offload.junitrunner;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Keep what a test writes to one stream: the beginning and the end when it is very long.
final class Output {
  private static final int HALF = 128 * 1024;

  private final ByteArrayOutputStream begin = new ByteArrayOutputStream();
  private byte[] end = new byte[0];
  private long afterBegin;

  synchronized void write(byte[] buffer, int offset, int length) {
    int toBegin = Math.min(length, HALF - begin.size());
    begin.write(buffer, offset, toBegin);
    if (toBegin < length && end.length == 0) {
      end = new byte[HALF];
    }
    for (int i = offset + toBegin; i < offset + length; i++) {
      end[(int) (afterBegin % HALF)] = buffer[i];
      afterBegin++;
    }
  }

  synchronized String text() {
    byte[] first = begin.toByteArray();
    if (afterBegin == 0) {
      return new String(first, StandardCharsets.UTF_8);
    }
    int kept = (int) Math.min(afterBegin, HALF);
    byte[] last = new byte[kept];
    for (int i = 0; i < kept; i++) {
      last[i] = end[(int) ((afterBegin - kept + i) % HALF)];
    }
    String gap = afterBegin > kept ? "\n… " + (afterBegin - kept) + " bytes left out …\n" : "";
    return new String(first, StandardCharsets.UTF_8)
        + gap
        + new String(last, StandardCharsets.UTF_8);
  }
}
