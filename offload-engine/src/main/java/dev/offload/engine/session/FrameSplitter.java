package dev.offload.engine.session;

import dev.offload.api.framework.SignalProtocol;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Split a byte stream into frames that carry the expected token and everything else, which stays
/// as it was.
///
/// Not thread-safe. What looks like a frame and carries another token is ordinary output.
///
/// A program that writes in blocks ends some of them in the middle of a frame, and there the
/// wrapper's own frames, each of which is one write, may come between: they are taken out, and the
/// interrupted frame goes on.
final class FrameSplitter {
  /// Longer than any frame a reporter sends; what goes on beyond it is ordinary output.
  private static final int LONGEST_FRAME = 64 * 1024;

  private static final byte MARK = (byte) SignalProtocol.MARK;

  private final byte[] head;
  private final Target target;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private final ByteArrayOutputStream interrupted = new ByteArrayOutputStream();
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
      if (buffer[i] == MARK && position > 0) {
        interrupt();
      } else if (position < head.length) {
        if (buffer[i] != head[position]) {
          // Nothing that is held begins a frame, but the byte itself may, so it is looked at again.
          noFrame();
          return i;
        }
        held.write(buffer[i++]);
      } else {
        int stop = i;
        while (stop < end && buffer[stop] != '\n' && buffer[stop] != MARK) {
          stop++;
        }
        held.write(buffer, i, stop - i);
        if (stop < end && buffer[stop] == '\n') {
          frame();
          return stop + 1;
        }
        if (held.size() > LONGEST_FRAME) {
          release();
          return stop;
        }
        i = stop;
      }
    }
    return i;
  }

  private void interrupt() {
    hand(interrupted);
    move(held, interrupted);
  }

  /// What is held does not begin a frame; what it interrupted, if anything, may still be one.
  private void noFrame() {
    if (interrupted.size() < head.length) {
      release();
      return;
    }
    move(held, interrupted);
    move(interrupted, held);
  }

  private void release() {
    holding = false;
    hand(interrupted);
    hand(held);
  }

  private void hand(ByteArrayOutputStream from) {
    if (from.size() > 0) {
      byte[] bytes = from.toByteArray();
      from.reset();
      target.plain(bytes, 0, bytes.length);
    }
  }

  private static void move(ByteArrayOutputStream from, ByteArrayOutputStream to) {
    to.writeBytes(from.toByteArray());
    from.reset();
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
    if (!payload.isEmpty() && payload.charAt(0) == SignalProtocol.WRAPPER) {
      move(interrupted, held);
      holding = held.size() > 0;
      target.wrapper(payload.substring(1));
      return;
    }
    hand(interrupted);
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
      default -> target.frame(payload);
    }
  }
}
