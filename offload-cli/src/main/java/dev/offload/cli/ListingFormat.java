package dev.offload.cli;

import java.util.Locale;

/// Name the form of what a command writes to standard output.
enum ListingFormat {
  /// For people.
  TEXT,
  /// For programs.
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
