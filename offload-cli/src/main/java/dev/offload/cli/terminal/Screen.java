package dev.offload.cli.terminal;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/// Own what is written to the terminal: lines that scroll, and below them an area that is drawn
/// over and over.
///
/// The cursor rests at the beginning of the area, and is hidden while there is one. When a window
/// changes its width, terminals wrap what they show anew, each in its own way, but keep the cursor
/// at its text: so the beginning is found again without counting. Lines of the area never wrap,
/// also where the window has just become narrower than it was said to be.
final class Screen {
  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String WRAP_OFF = "\u001b[?7l";
  private static final String WRAP_ON = "\u001b[?7h";
  private static final String CLEAR_LINE_END = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final PrintWriter out;
  private final TerminalSettings settings;
  private String drawn = "";
  private int drawnWidth;

  Screen(PrintWriter out, TerminalSettings settings) {
    this.out = out;
    this.settings = settings;
  }

  /// Write lines above the area, and the area anew; an empty area takes it away.
  void write(List<String> lines, List<StyledLine> area) {
    int width = Math.max(20, settings.width().getAsInt());
    String drawing = area.isEmpty() ? "" : drawing(area, width);
    if (lines.isEmpty() && drawing.equals(drawn)) {
      return;
    }
    // Not cleared before it is drawn again, which would flicker; but rows that the terminal itself
    // has wrapped stay joined until they are cleared whole.
    boolean over = !drawn.isEmpty() && !drawing.isEmpty() && width == drawnWidth;
    StringBuilder text = new StringBuilder();
    if (!drawn.isEmpty()) {
      text.append(over ? "\r" : "\r" + CLEAR_BELOW).append(drawing.isEmpty() ? SHOW_CURSOR : "");
    }
    for (String line : lines) {
      text.append(settings.unicode() ? line : SafeText.ascii(line));
      text.append(over ? CLEAR_LINE_END + "\n" : "\n");
    }
    text.append(drawn.isEmpty() && !drawing.isEmpty() ? HIDE_CURSOR : "").append(drawing);
    drawn = drawing;
    drawnWidth = width;
    out.print(text);
    out.flush();
  }

  /// Return what draws the area and comes back to its beginning.
  private String drawing(List<StyledLine> area, int width) {
    int height = Math.max(1, Math.min(area.size(), settings.height().getAsInt() - 1));
    String rows =
        area.subList(0, height).stream()
            .map(line -> line.render(width - 1) + CLEAR_LINE_END)
            .collect(Collectors.joining("\n"));
    String back = height > 1 ? "\r\u001b[" + (height - 1) + "A" : "\r";
    return WRAP_OFF + rows + CLEAR_BELOW + WRAP_ON + back;
  }
}
