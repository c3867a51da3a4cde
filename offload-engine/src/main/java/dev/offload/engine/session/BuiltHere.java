package dev.offload.engine.session;

import dev.offload.api.framework.BuiltFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Hold what a framework built once on this machine for all its batches.
///
/// @param folder the absolute folder of the files
/// @param files their names in it
/// @param shared whether sandboxes see that folder under the same path
public record BuiltHere(Path folder, List<String> files, boolean shared) {
  /// Copy.
  public BuiltHere {
    files = List.copyOf(files);
  }

  /// Return the same as a sandbox sees it.
  ///
  /// @param scratch the private folder of the sandbox
  BuiltFiles in(String scratch) {
    String there = shared ? folder.toString() : scratch + "/built/" + folder.getFileName();
    return new BuiltFiles(there, Set.copyOf(files));
  }
}
