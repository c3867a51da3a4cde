package dev.offload.api.framework;

import dev.offload.api.test.TestCase;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Ask for the execution of a batch.
///
/// @param tests what to run, and nothing else, in this order where the framework can
/// @param folder the absolute private folder of the command in the sandbox, where its files will be
///   placed
/// @param env variables for the command
/// @param failFast whether the framework may stop at its first failure
/// @param testTimeout the longest any one test may run; the engine enforces it, a framework may use
///   it for diagnostics
/// @param built what was built once for all batches
public record ExecutionRequest(
    List<TestCase> tests,
    String folder,
    Map<String, String> env,
    boolean failFast,
    Duration testTimeout,
    BuiltFiles built) {
  /// Copy.
  public ExecutionRequest {
    tests = List.copyOf(tests);
    env = Map.copyOf(env);
  }

  /// Ask where nothing was built.
  public ExecutionRequest(
      List<TestCase> tests,
      String folder,
      Map<String, String> env,
      boolean failFast,
      Duration testTimeout) {
    this(tests, folder, env, failFast, testTimeout, BuiltFiles.NONE);
  }
}
