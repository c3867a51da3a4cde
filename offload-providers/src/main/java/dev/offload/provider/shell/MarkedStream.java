package dev.offload.provider.shell;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/// Find the marks that our script in the sandbox writes around a command's output, and cut them
/// out.
///
/// A mark is `[offload:NONCE:begin]` or `[offload:NONCE:end:CODE]` and a line end. Everything else
/// passes unchanged and at once, but for bytes that may be the beginning of a mark.
final class MarkedStream {
  /// Say where bytes stand.
  enum Part {
    /// Before the begin mark: the transport speaks.
    BEFORE,
    /// Between the marks: the command speaks.
    INSIDE,
    /// After the end mark: the transport speaks.
    AFTER
  }

  /// Take bytes; they are only valid during the call.
  interface Target {
    void take(Part part, byte[] buffer, int offset, int length);
  }

  private static final int LONGEST_REST = 12;

  private final byte[] prefix;
  private final Target target;
  private final Runnable whenEnded;
  private final StringBuilder rest = new StringBuilder();
  private int matched;
  private boolean lineEndDue;
  private Part part = Part.BEFORE;
  private int code = -1;

  /// Make it.
  ///
  /// @param whenEnded is run when the end mark has come
  MarkedStream(String nonce, Target target, Runnable whenEnded) {
    this.whenEnded = whenEnded;
    this.prefix = ("[offload:" + nonce + ":").getBytes(StandardCharsets.US_ASCII);
    this.target = target;
  }

  synchronized void take(byte[] buffer, int offset, int length) {
    int start = offset;
    for (int i = offset; i < offset + length; i++) {
      if (matched == 0 && !lineEndDue && !mayBeginMark(buffer, i, offset + length)) {
        continue;
      }
      pass(buffer, start, i);
      start = isPartOfMark(buffer[i]) ? i + 1 : i;
    }
    pass(buffer, start, offset + length);
  }

  private boolean mayBeginMark(byte[] buffer, int start, int end) {
    if (buffer[start] != '[') {
      return false;
    }
    int length = Math.min(prefix.length, end - start);
    return Arrays.equals(buffer, start, start + length, prefix, 0, length);
  }

  /// Take one byte that may belong to a mark; false says that it does not, and that what was held
  /// back before it has been passed on.
  private boolean isPartOfMark(byte b) {
    if (lineEndDue) {
      lineEndDue = b == '\r';
      if (b == '\r' || b == '\n') {
        return true;
      }
    }
    if (matched < prefix.length) {
      if (b != prefix[matched]) {
        passHeld();
      }
      matched = b == prefix[matched] ? matched + 1 : 0;
      return matched > 0;
    }
    if (b == ']') {
      endMark();
      return true;
    }
    rest.append((char) (b & 0xff));
    if (rest.length() > LONGEST_REST) {
      rest.setLength(rest.length() - 1);
      passHeld();
      return isPartOfMark(b);
    }
    return true;
  }

  private void endMark() {
    String text = rest.toString();
    if (text.equals("begin")) {
      part = part == Part.BEFORE ? Part.INSIDE : part;
    } else if (text.matches("end:[0-9]{1,3}")) {
      part = Part.AFTER;
      code = Integer.parseInt(text, 4, text.length(), 10);
      whenEnded.run();
    } else {
      rest.append(']');
      passHeld();
      return;
    }
    matched = 0;
    rest.setLength(0);
    lineEndDue = true;
  }

  private void passHeld() {
    byte[] held =
        (new String(prefix, 0, matched, StandardCharsets.ISO_8859_1) + rest)
            .getBytes(StandardCharsets.ISO_8859_1);
    matched = 0;
    rest.setLength(0);
    pass(held, 0, held.length);
  }

  private void pass(byte[] buffer, int start, int end) {
    if (end > start) {
      target.take(part, buffer, start, end - start);
    }
  }

  /// Pass on what was held back: nothing more will come.
  synchronized void flush() {
    passHeld();
  }

  /// Return whether the begin mark was there.
  synchronized boolean began() {
    return part != Part.BEFORE;
  }

  /// Return the exit code in the end mark, if it was there.
  synchronized OptionalInt end() {
    return code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
  }
}
