package dev.offload.testkit;

import dev.offload.api.framework.SignalProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Tell frames from ordinary lines, as [SignalProtocol] says.
final class FrameLines {
  static final String TOKEN = "token-of-this-test";
  private static final String MARK = SignalProtocol.MARK + TOKEN + " ";

  private FrameLines() {}

  /// Read to the end, or until a frame is the last one that is wanted for now.
  ///
  /// @param frames takes payloads, joined from their pieces, and returns whether to go on
  /// @param lines takes what is no frame, without line ends
  /// @return whether the reader stopped at a frame, with more to come
  static boolean read(InputStream in, Predicate<String> frames, Consumer<String> lines)
      throws IOException {
    StringBuilder pieces = new StringBuilder();
    ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 || buffer.size() > 0; next = in.read()) {
      if (next >= 0 && next != '\n') {
        buffer.write(next);
        continue;
      }
      String line = buffer.toString(StandardCharsets.UTF_8);
      buffer.reset();
      int at = line.indexOf(MARK);
      if (at < 0) {
        lines.accept(line);
        continue;
      }
      if (at > 0) {
        lines.accept(line.substring(0, at));
      }
      String payload = line.substring(at + MARK.length());
      if (payload.startsWith(String.valueOf(SignalProtocol.CONTINUED))) {
        pieces.append(payload, 1, payload.length());
        continue;
      }
      if (payload.startsWith(String.valueOf(SignalProtocol.LAST))) {
        payload = pieces.append(payload, 1, payload.length()).toString();
        pieces.setLength(0);
      }
      if (!frames.test(payload)) {
        return true;
      }
    }
    return false;
  }
}
