package dev.offload.api.framework;

import dev.offload.api.test.TestCase;
import java.util.List;
import java.util.Map;

/// Ask for what all batches of a framework need and one command can make: compiled tests.
///
/// @param tests every test of the run that belongs to this framework, whatever its group
/// @param folder the absolute private folder of the command on this machine; what it leaves there
///   stays until the end of the run. What the listings have left in it is there.
/// @param shared whether sandboxes see the files of this machine under the same paths, so that
///   nothing needs to be packed for a journey
/// @param env variables for the command
public record BuildRequest(
    List<TestCase> tests, String folder, boolean shared, Map<String, String> env) {
  /// Copy.
  public BuildRequest {
    tests = List.copyOf(tests);
    env = Map.copyOf(env);
  }
}
