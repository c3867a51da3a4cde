package dev.offload.framework.signal;

import java.util.List;

/// Bring all lines of a command's output, however many: ordinary output is cut where it is long,
/// frames are not.
public final class LineFrames {
  /// A shell function for scripts that have set `folder`, their private one, and `token`: `framed
  /// COMMAND…` runs a command, sends each line of its output as a frame, and ends the script as the
  /// command ended. The line end after the output is for a last line that has none.
  public static final String FUNCTION =
      """
      framed() {
        mkdir -p "$folder" || exit 1
        { "$@"; status=$?; echo; echo "$status" >"$folder/status"; } |
          LC_ALL=C sed "s/^/$(printf '\\036')$token =/"
        exit "$(cat "$folder/status")"
      }
      """;

  private static final String SIGN = "=";

  private LineFrames() {}

  /// Return the lines that are among these frames.
  public static List<String> lines(List<String> frames) {
    return frames.stream()
        .filter(frame -> frame.startsWith(SIGN))
        .map(frame -> frame.substring(SIGN.length()))
        .toList();
  }
}
