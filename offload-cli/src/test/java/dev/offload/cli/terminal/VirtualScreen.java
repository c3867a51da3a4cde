package dev.offload.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Understand the few control sequences that are allowed, as a terminal does, and refuse all
/// others.
final class VirtualScreen {
  private static final Pattern SEQUENCE =
      Pattern.compile("\u001b\\[(\\?(?:7|25)[lh]|[0-9;]*[AJKm])");

  private final int width;
  private final List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
  private int row;
  private int column;
  private boolean cursorHidden;
  private boolean wrapping = true;

  VirtualScreen(int width) {
    this.width = width;
  }

  VirtualScreen feed(String text) {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\u001b') {
        Matcher sequence = SEQUENCE.matcher(text).region(i, text.length());
        if (!sequence.lookingAt()) {
          throw new AssertionError("a foreign sequence at " + i);
        }
        control(sequence.group(1));
        i = sequence.end();
        continue;
      }
      i++;
      switch (c) {
        case '\r' -> column = 0;
        case '\n' -> {
          column = 0;
          down();
        }
        default -> {
          if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
            throw new AssertionError("a control character: " + (int) c);
          }
          put(c);
        }
      }
    }
    return this;
  }

  private void control(String sequence) {
    switch (sequence.charAt(sequence.length() - 1)) {
      case 'A' -> row = Math.max(0, row - Integer.parseInt(sequence.replace("A", "")));
      case 'K' -> rows.get(row).setLength(Math.min(column, rows.get(row).length()));
      case 'J' -> {
        rows.get(row).setLength(Math.min(column, rows.get(row).length()));
        while (rows.size() > row + 1) {
          rows.removeLast();
        }
      }
      case 'l', 'h' -> {
        boolean on = sequence.endsWith("h");
        if (sequence.startsWith("?7")) {
          wrapping = on;
        } else {
          cursorHidden = !on;
        }
      }
      default -> {}
    }
  }

  /// Wide characters are kept as one, with an empty one behind them.
  private void put(char c) {
    int wide = Character.isSurrogate(c) ? 1 : SafeText.width(c);
    if (wide == 0) {
      return;
    }
    if (column + wide > width) {
      if (!wrapping) {
        return;
      }
      column = 0;
      down();
    }
    StringBuilder line = rows.get(row);
    while (line.length() < column + wide) {
      line.append(' ');
    }
    line.setCharAt(column, c);
    if (wide == 2) {
      line.setCharAt(column + 1, '\u0001');
    }
    column += wide;
  }

  private void down() {
    row++;
    if (row == rows.size()) {
      rows.add(new StringBuilder());
    }
  }

  boolean isCursorHidden() {
    return cursorHidden;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (StringBuilder line : rows) {
      text.append(line.toString().replace("\u0001", "").stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
