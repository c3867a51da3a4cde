package dev.offload.api.framework;

import dev.offload.api.command.Command;
import java.util.List;

/// Describe one command of a framework together with the files it needs beside it.
///
/// @param files what to place in the command's private folder before it starts
/// @param command what to run
/// @param resultFiles names of files, relative to the private folder, that the command may leave
///   and the decoder wants to read; a missing one is not an error of the step
/// @param builtFiles names out of [BuiltFiles#files] that must be in the sandbox before the command
///   starts; each travels to a sandbox once, and not at all where files are shared
public record Step(
    List<PlacedFile> files, Command command, List<String> resultFiles, List<String> builtFiles) {
  /// Copy.
  public Step {
    files = List.copyOf(files);
    resultFiles = List.copyOf(resultFiles);
    builtFiles = List.copyOf(builtFiles);
  }

  /// Make a step that needs nothing of what was built.
  public Step(List<PlacedFile> files, Command command, List<String> resultFiles) {
    this(files, command, resultFiles, List.of());
  }
}
