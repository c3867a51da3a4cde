package dev.offload.api.framework;

import java.util.List;

/// Say what a build left.
public sealed interface BuildResult {
  /// The build went well, at least in part; batches that find nothing of theirs in
  /// [ExecutionRequest#built] do without.
  ///
  /// @param files names of files that batches may want, relative to [BuildRequest#folder]
  /// @param warnings what the user should know, one sentence each
  record Built(List<String> files, List<String> warnings) implements BuildResult {
    /// Copy.
    public Built {
      files = List.copyOf(files);
      warnings = List.copyOf(warnings);
    }
  }

  /// The build failed, and without it no test can run: the run ends.
  ///
  /// @param message one or two sentences: what happened and what to do
  /// @param details the tool's own text
  record Failed(String message, String details) implements BuildResult {}
}
