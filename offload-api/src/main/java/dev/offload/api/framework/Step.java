package dev.offload.api.framework;

import dev.offload.api.command.Command;
import java.util.List;

/// Describe one command of a framework together with the files it needs beside it.
///
/// @param files what to place in the command's private folder before it starts
/// @param command what to run
/// @param resultFiles names of files, relative to the private folder, that the command may leave
///   and the decoder wants to read; a missing one is not an error of the step
public record Step(List<PlacedFile> files, Command command, List<String> resultFiles) {
  /// Copy.
  public Step {
    files = List.copyOf(files);
    resultFiles = List.copyOf(resultFiles);
  }
}
