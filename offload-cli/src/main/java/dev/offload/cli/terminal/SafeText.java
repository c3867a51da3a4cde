package dev.offload.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Make text of tests and sandboxes fit for a terminal: nothing in it is ever executed. Control,
/// zero-width and direction characters and half surrogate pairs become visible escapes.
public final class SafeText {
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;:]*m");
  private static final Pattern LINE_END = Pattern.compile("\r\n|\n|\r");

  private SafeText() {}

  /// Return the text as one line.
  public static String line(String text) {
    if (text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 8);
    text.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  /// Return the first line of a text that is not blank, as [#line].
  static String firstLine(String text) {
    return lines(text).stream().map(String::strip).filter(s -> !s.isEmpty()).findFirst().orElse("");
  }

  /// Return the lines of a text of its own right, such as a traceback: colours are dropped, tabs
  /// become blanks, everything else is treated as by [#line]. Blank lines at the end are dropped.
  public static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : LINE_END.split(COLOUR.matcher(text).replaceAll(""))) {
      lines.add(line(line.replace("\t", "    ")).stripTrailing());
    }
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines;
  }

  /// Break a safe sentence between its words into lines that take at most `columns`; those after
  /// the first are indented by two more. A word that is too long has a line of its own.
  static List<String> broken(String sentence, int columns) {
    List<String> lines = new ArrayList<>();
    String indent = " ".repeat(sentence.length() - sentence.stripLeading().length());
    StringBuilder line = new StringBuilder(indent);
    for (String word : sentence.stripLeading().split(" ")) {
      boolean begun = !line.toString().isBlank();
      if (begun && width(line.toString()) + 1 + width(word) > columns) {
        lines.add(line.toString());
        line = new StringBuilder(indent + "  " + word);
      } else {
        line.append(begun ? " " : "").append(word);
      }
    }
    lines.add(line.toString());
    return lines;
  }

  private static void append(StringBuilder out, int c) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
          out.append(String.format("\\x%02x", c));
        } else if (mustShow(c)) {
          out.append(c > 0xffff ? String.format("\\U%08x", c) : String.format("\\u%04x", c));
        } else {
          out.appendCodePoint(c);
        }
      }
    }
  }

  private static boolean mustShow(int c) {
    return switch (Character.getType(c)) {
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /// Return how many columns a safe text takes.
  static int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      width += width(text.codePointAt(i));
    }
    return width;
  }

  static int width(int c) {
    if (c < 0x300) {
      return 1;
    }
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || (c >= 0x1160 && c <= 0x11ff)) {
      return 0;
    }
    return isWide(c) ? 2 : 1;
  }

  private static boolean isWide(int c) {
    return (c >= 0x1100 && c <= 0x115f)
        || (c >= 0x2e80 && c <= 0x303e)
        || (c >= 0x3041 && c <= 0xa4cf)
        || (c >= 0xa960 && c <= 0xa97f)
        || (c >= 0xac00 && c <= 0xd7a3)
        || (c >= 0xf900 && c <= 0xfaff)
        || (c >= 0xfe30 && c <= 0xfe6f)
        || (c >= 0xff00 && c <= 0xff60)
        || (c >= 0xffe0 && c <= 0xffe6)
        || Character.isEmojiPresentation(c)
        || (c >= 0x1f300 && c <= 0x1f64f)
        || (c >= 0x1f900 && c <= 0x1f9ff)
        || (c >= 0x20000 && c <= 0x3fffd);
  }

  /// Return the beginning of a safe text that takes at most `columns`, with `mark` for the rest.
  static String clipEnd(String text, int columns, String mark) {
    if (width(text) <= columns) {
      return text;
    }
    int room = columns - width(mark);
    int end = 0;
    while (end < text.length() && width(text.codePointAt(end)) <= room) {
      room -= width(text.codePointAt(end));
      end += Character.charCount(text.codePointAt(end));
    }
    return room < 0 ? "" : text.substring(0, end) + mark;
  }

  /// Return the end of a safe text that takes at most `columns`, with `mark` for the rest: what
  /// tells tests apart is mostly at the end of their names.
  static String clipStart(String text, int columns, String mark) {
    if (width(text) <= columns) {
      return text;
    }
    int room = columns - width(mark);
    int start = text.length();
    while (start > 0 && width(text.codePointBefore(start)) <= room) {
      room -= width(text.codePointBefore(start));
      start -= Character.charCount(text.codePointBefore(start));
    }
    return room < 0 ? "" : mark + text.substring(start);
  }

  /// Return the text with `?` for everything that is not ASCII.
  static String ascii(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.append(c < 0x80 ? (char) c : '?'));
    return out.toString();
  }
}
