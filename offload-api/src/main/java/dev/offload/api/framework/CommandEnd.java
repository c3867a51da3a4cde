package dev.offload.api.framework;

import dev.offload.api.command.Exit;
import java.nio.file.Path;
import java.util.Map;

/// Say how the command of a batch ended.
///
/// @param exit how it ended
/// @param cancelled whether Offload ended it, so that its exit says nothing of its tests
/// @param resultFiles local copies of those [Step#resultFiles()] that the command left, by name
/// @param lastOutput the last lines of its standard error, or of its standard output where the
///   former is empty
public record CommandEnd(
    Exit exit, boolean cancelled, Map<String, Path> resultFiles, String lastOutput) {
  /// Copy.
  public CommandEnd {
    resultFiles = Map.copyOf(resultFiles);
  }
}
