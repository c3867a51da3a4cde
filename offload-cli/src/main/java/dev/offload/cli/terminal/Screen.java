package dev.offload.cli.terminal;

import java.io.PrintWriter;
import java.util.List;

/// Own what is written to the terminal: lines that scroll, and below them an area that is drawn
/// over and over.
///
/// The cursor rests at the end of the area's last line, and is hidden while there is an area.
final class Screen {
  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String CLEAR_LINE_END = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final PrintWriter out;
  private final TerminalSettings settings;
  private List<StyledLine> drawn = List.of();
  private String drawnText = "";

  Screen(PrintWriter out, TerminalSettings settings) {
    this.out = out;
    this.settings = settings;
  }

  /// Write lines above the area, and the area anew; an empty area takes it away.
  void write(List<String> lines, List<StyledLine> area) {
    StringBuilder text = new StringBuilder();
    int width = Math.max(20, settings.width().getAsInt());
    List<StyledLine> fitting =
        area.subList(0, Math.min(area.size(), Math.max(1, settings.height().getAsInt() - 1)));
    String areaText = render(fitting, width);
    if (lines.isEmpty() && areaText.equals(drawnText)) {
      return;
    }
    returnInto(text, width);
    boolean over = !drawn.isEmpty() && !fitting.isEmpty();
    if (!drawn.isEmpty() && fitting.isEmpty()) {
      text.append(CLEAR_BELOW).append(SHOW_CURSOR);
    }
    for (String line : lines) {
      text.append(settings.unicode() ? line : SafeText.ascii(line));
      text.append(over ? CLEAR_LINE_END + "\n" : "\n");
    }
    if (!fitting.isEmpty()) {
      text.append(drawn.isEmpty() ? HIDE_CURSOR : "").append(areaText).append(CLEAR_BELOW);
    }
    drawn = List.copyOf(fitting);
    drawnText = areaText;
    out.print(text);
    out.flush();
  }

  private static String render(List<StyledLine> area, int width) {
    StringBuilder text = new StringBuilder();
    for (StyledLine line : area) {
      text.append(text.isEmpty() ? "" : "\n").append(line.render(width - 1)).append(CLEAR_LINE_END);
    }
    return text.toString();
  }

  /// Go to the beginning of the area. Lines that were drawn for a wider window fill several rows.
  private void returnInto(StringBuilder text, int width) {
    if (drawn.isEmpty()) {
      return;
    }
    int rows = 0;
    for (StyledLine line : drawn) {
      rows += Math.max(1, (line.width() + width - 1) / width);
    }
    text.append('\r');
    if (rows > 1) {
      text.append("\u001b[").append(rows - 1).append('A');
    }
  }
}
