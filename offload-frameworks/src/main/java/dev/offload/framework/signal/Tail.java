package dev.offload.framework.signal;

/// Shorten what tools say: what counts is at the end.
public final class Tail {
  private Tail() {}

  /// Return a text, or the end of it behind an ellipsis.
  ///
  /// @param most how many characters of it are kept
  public static String of(String text, int most) {
    return text.length() <= most ? text : "\u2026" + text.substring(text.length() - most);
  }
}
