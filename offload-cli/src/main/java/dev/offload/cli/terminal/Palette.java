package dev.offload.cli.terminal;

/// Choose colours and symbols by what can be shown.
///
/// @param colour whether colours are used
/// @param unicode whether characters beyond ASCII are used
record Palette(boolean colour, boolean unicode) {

  /// Name what a piece of text means.
  enum Tone {
    PLAIN(""),
    BAD("31"),
    ODD("33"),
    GOOD("32"),
    FAINT("2"),
    STRONG("1");

    private final String code;

    Tone(String code) {
      this.code = code;
    }
  }

  String paint(Tone tone, String text) {
    return colour && tone != Tone.PLAIN && !text.isEmpty()
        ? "\u001b[" + tone.code + "m" + text + "\u001b[0m"
        : text;
  }

  String ellipsis() {
    return unicode ? "…" : "...";
  }

  String done() {
    return unicode ? "━" : "#";
  }

  String open() {
    return unicode ? "─" : "-";
  }
}
