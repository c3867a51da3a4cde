package dev.offload.api.sandbox;

import java.nio.file.Path;
import java.util.List;

/// Tell a provider about the project.
///
/// Environment variables are not here: the engine reads `[provider] env`, expands it, and gives
/// each command its variables.
///
/// @param projectDirectory the absolute directory Offload was started in
/// @param workingDirectory `[offload] working_dir`, absolute, or the project directory
/// @param sandboxProjectRoot `[offload] sandbox_project_root`: where the project is in a sandbox
///   that has a file system of its own; exported to tests as `OFFLOAD_ROOT`
/// @param sandboxInitCommand `[offload] sandbox_init_cmd`, or empty
/// @param copyDirectories `LOCAL:REMOTE` pairs of the command line
/// @param maxParallel the largest number of sandboxes at one time
public record ProviderContext(
    Path projectDirectory,
    Path workingDirectory,
    String sandboxProjectRoot,
    String sandboxInitCommand,
    List<String> copyDirectories,
    int maxParallel) {
  /// Copy.
  public ProviderContext {
    copyDirectories = List.copyOf(copyDirectories);
  }
}
