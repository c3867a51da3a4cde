package dev.offload.report.text;

/// Make any text of a test harmless: fit for XML 1.0, and for the log of a terminal.
public final class PlainText {
  private PlainText() {}

  /// Return a text for an attribute: one line, with everything that XML forbids, or would not give
  /// back as it is, in visible escapes, so that different names stay different.
  public static String name(String text) {
    if (isPlain(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
              if (isAllowed(c) && !(c >= 0x7f && c <= 0x9f)) {
                out.appendCodePoint(c);
              } else if (c < 0x100) {
                out.append(String.format("\\x%02x", c));
              } else {
                out.append(String.format("\\u%04x", c));
              }
            }
          }
        });
    return out.toString();
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  /// Return a text for a body: line ends become line feeds, terminal colours are dropped, and what
  /// XML forbids becomes the replacement character.
  public static String body(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c == 0x1b) {
        int end = endOfEscape(text, i);
        if (end == i) {
          out.append('\ufffd');
        }
        i = end;
      } else if (c == '\r') {
        if (i == text.length() || text.charAt(i) != '\n') {
          out.append('\n');
        }
      } else if (isAllowed(c)) {
        out.appendCodePoint(c);
      } else {
        out.append('\ufffd');
      }
    }
    return out.toString();
  }

  /// Return the place after a control sequence (`[`, parameters, a letter), or `start` when there
  /// is none.
  private static int endOfEscape(String text, int start) {
    if (start >= text.length() || text.charAt(start) != '[') {
      return start;
    }
    int i = start + 1;
    while (i < text.length() && text.charAt(i) >= 0x20 && text.charAt(i) <= 0x3f) {
      i++;
    }
    return i < text.length() && text.charAt(i) >= 0x40 && text.charAt(i) <= 0x7e ? i + 1 : start;
  }

  private static boolean isAllowed(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= 0x20 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd)
        || c >= 0x10000;
  }
}
