package dev.offload.cli.terminal;

import dev.offload.cli.terminal.Palette.Tone;
import java.util.ArrayList;
import java.util.List;

/// Put a line together out of pieces of safe text, and cut it to a width without cutting a colour.
final class StyledLine {
  private record Piece(Tone tone, String text) {}

  private final Palette palette;
  private final List<Piece> pieces = new ArrayList<>();

  StyledLine(Palette palette) {
    this.palette = palette;
  }

  StyledLine add(Tone tone, String text) {
    pieces.add(new Piece(tone, palette.unicode() ? text : SafeText.ascii(text)));
    return this;
  }

  /// Return the line with its colours, at most `columns` wide.
  String render(int columns) {
    StringBuilder out = new StringBuilder();
    int room = columns;
    for (Piece piece : pieces) {
      String text = SafeText.clipEnd(piece.text(), room, palette.ellipsis());
      out.append(palette.paint(piece.tone(), text));
      room -= SafeText.width(text);
      if (!text.equals(piece.text())) {
        break;
      }
    }
    return out.toString();
  }
}
