package dev.offload.provider.process;

import dev.offload.provider.process.CannotStart.Reason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Find programs as `execvp` does.
public final class ProgramLookup {
  private ProgramLookup() {}

  /// Return the file of a program.
  ///
  /// @param path the value of `PATH` it is looked up on
  /// @throws CannotStart when it is not there or cannot be run
  public static Path find(String program, Path directory, String path) throws CannotStart {
    List<Path> candidates = candidates(program, directory, path);
    for (Path candidate : candidates) {
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    for (Path candidate : candidates) {
      if (Files.exists(candidate)) {
        throw new CannotStart(
            Reason.NOT_USABLE, "'" + candidate + "' cannot be executed: check its permissions");
      }
    }
    throw new CannotStart(
        Reason.NOT_FOUND,
        program.contains("/")
            ? "the program '" + program + "' does not exist"
            : "the program '" + program + "' is not found on PATH");
  }

  private static List<Path> candidates(String program, Path directory, String path) {
    List<Path> candidates = new ArrayList<>();
    try {
      if (program.contains("/")) {
        return List.of(directory.resolve(program));
      }
      for (String folder : path.split(File.pathSeparator, -1)) {
        candidates.add(directory.resolve(folder).resolve(program));
      }
    } catch (InvalidPathException _) {
      return candidates;
    }
    return candidates;
  }
}
