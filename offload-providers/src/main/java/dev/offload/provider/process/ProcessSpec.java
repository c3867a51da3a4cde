package dev.offload.provider.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Describe a child process to start.
///
/// @param argv the program, looked up on `PATH`, and its arguments
/// @param env variables to add to the inherited environment
/// @param directory the absolute directory it runs in
/// @param stdin what it reads
/// @param mark what its descendants are recognised by
public record ProcessSpec(
    List<String> argv, Map<String, String> env, Path directory, Stdin stdin, ProcessMark mark) {
  /// Copy.
  public ProcessSpec {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
  }
}
