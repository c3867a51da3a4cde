package dev.offload.engine.session;

import dev.offload.api.framework.SignalProtocol;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Split a byte stream into frames that carry the expected token and everything else, which stays
/// as it was.
///
/// Not thread-safe. What looks like a frame and carries another token is ordinary output.
final class FrameSplitter {
  /// Longer than any frame a reporter sends; what goes on beyond it is ordinary output.
  private static final int LONGEST_FRAME = 64 * 1024;

  private static final byte MARK = (byte) SignalProtocol.MARK;

  private final byte[] head;
  private final Target target;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private final StringBuilder pieces = new StringBuilder();
  private boolean holding;

  /// Take what the splitter finds, in the order of the stream.
  interface Target {
    /// Take ordinary output.
    void plain(byte[] buffer, int offset, int length);

    /// Take the payload of a frame, joined from its pieces.
    void frame(String payload);

    /// Take what the wrapper says, without [SignalProtocol#WRAPPER].
    void wrapper(String words);
  }

  FrameSplitter(String token, Target target) {
    this.head = (SignalProtocol.MARK + token + " ").getBytes(StandardCharsets.UTF_8);
    this.target = target;
  }

  void feed(byte[] buffer, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      at = holding ? feedHeld(buffer, at, end) : feedPlain(buffer, at, end);
    }
  }

  /// Hand over what is held because it might have become a frame.
  void finish() {
    release();
  }

  private int feedPlain(byte[] buffer, int at, int end) {
    int mark = at;
    while (mark < end && buffer[mark] != MARK) {
      mark++;
    }
    if (mark > at) {
      target.plain(buffer, at, mark - at);
    }
    holding = mark < end;
    return mark;
  }

  private int feedHeld(byte[] buffer, int at, int end) {
    int i = at;
    while (i < end) {
      int position = held.size();
      byte b = buffer[i];
      if (position < head.length) {
        if (b != head[position]) {
          // The byte itself may begin a frame, so it is looked at again.
          release();
          if (i == at && position == 0) {
            target.plain(buffer, i, 1);
            return i + 1;
          }
          return i;
        }
        held.write(b);
        i++;
      } else {
        int lineEnd = i;
        while (lineEnd < end && buffer[lineEnd] != '\n') {
          lineEnd++;
        }
        held.write(buffer, i, lineEnd - i);
        if (lineEnd < end) {
          frame();
          return lineEnd + 1;
        }
        if (held.size() > LONGEST_FRAME) {
          release();
        }
        return end;
      }
    }
    return i;
  }

  private void release() {
    holding = false;
    if (held.size() > 0) {
      byte[] bytes = held.toByteArray();
      held.reset();
      target.plain(bytes, 0, bytes.length);
    }
  }

  private void frame() {
    byte[] bytes = held.toByteArray();
    held.reset();
    holding = false;
    int length = bytes.length - head.length;
    if (length > 0 && bytes[bytes.length - 1] == '\r') {
      length--;
    }
    String payload = new String(bytes, head.length, length, StandardCharsets.UTF_8);
    if (payload.isEmpty()) {
      return;
    }
    switch (payload.charAt(0)) {
      case SignalProtocol.CONTINUED -> pieces.append(payload, 1, payload.length());
      case SignalProtocol.LAST -> {
        pieces.append(payload, 1, payload.length());
        String whole = pieces.toString();
        pieces.setLength(0);
        target.frame(whole);
      }
      case SignalProtocol.WRAPPER -> target.wrapper(payload.substring(1));
      default -> target.frame(payload);
    }
  }
}
