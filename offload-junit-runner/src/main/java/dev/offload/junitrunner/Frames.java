package dev.offload.junitrunner;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Write frames and ordinary output to the real streams of the process; Offload's `SignalProtocol`
/// says what a frame is.
final class Frames {
  /// What one write puts into a pipe in one piece, with other writers at the same pipe.
  private static final int PIPE_BUF = 4096;

  private final byte[] head;
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);

  Frames(String token) {
    this.head = ('\u001e' + token + ' ').getBytes(StandardCharsets.UTF_8);
  }

  /// Send a payload, in as many pieces as it needs.
  synchronized void send(String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.US_ASCII);
    int room = PIPE_BUF - head.length - 2;
    if (bytes.length <= room) {
      piece(false, "", bytes);
      return;
    }
    for (int at = 0; at < bytes.length; at += room) {
      int end = Math.min(bytes.length, at + room);
      piece(false, end < bytes.length ? "+" : ".", Arrays.copyOfRange(bytes, at, end));
    }
  }

  /// Send a short payload on both streams.
  synchronized void sendOnBoth(String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.US_ASCII);
    piece(false, "", bytes);
    piece(true, "", bytes);
  }

  /// Write ordinary output.
  synchronized void write(boolean toErr, byte[] buffer, int offset, int length) {
    try {
      (toErr ? err : out).write(buffer, offset, length);
    } catch (IOException e) {
      // Nobody reads any more: Offload is gone, and the wrapper around this process ends it.
      return;
    }
  }

  private void piece(boolean toErr, String sign, byte[] bytes) {
    byte[] line = Arrays.copyOf(head, head.length + sign.length() + bytes.length + 1);
    int at = head.length;
    if (!sign.isEmpty()) {
      line[at++] = (byte) sign.charAt(0);
    }
    System.arraycopy(bytes, 0, line, at, bytes.length);
    line[line.length - 1] = '\n';
    write(toErr, line, 0, line.length);
  }
}
