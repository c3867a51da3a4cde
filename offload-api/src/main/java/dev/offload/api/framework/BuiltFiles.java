package dev.offload.api.framework;

import java.util.Set;

/// Name what [TestFramework#build] made, as a batch finds it in its sandbox.
///
/// @param folder the absolute folder in the sandbox where those files are that a batch asks for by
///   [Step#builtFiles]; empty when nothing was built
/// @param files the names of all files that were made, relative to that folder
public record BuiltFiles(String folder, Set<String> files) {
  /// Nothing was built.
  public static final BuiltFiles NONE = new BuiltFiles("", Set.of());

  /// Copy.
  public BuiltFiles {
    files = Set.copyOf(files);
  }

  /// Return the absolute path of a file in the sandbox.
  public String path(String file) {
    return folder + "/" + file;
  }
}
