package dev.offload.api.framework;

import java.nio.charset.StandardCharsets;

/// Describe a small file to put where a command will run.
///
/// @param name its name, relative to the private folder of the command; `/` separates folders
/// @param content its text
public record PlacedFile(String name, String content) {
  /// Return the content in UTF-8. Half a surrogate pair, which names of tests may hold, becomes a
  /// question mark: a framework that needs it has to escape it.
  public byte[] bytes() {
    return content.getBytes(StandardCharsets.UTF_8);
  }
}
