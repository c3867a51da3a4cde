package dev.offload.engine.session;

import dev.offload.api.framework.TestFramework;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.test.TestCase;
import dev.offload.engine.config.OffloadConfig.RetrySettings;
import dev.offload.engine.config.OffloadConfig.SilenceSettings;
import dev.offload.engine.config.OffloadConfig.WarmSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Hold what all sandboxes of a run share.
///
/// @param runId the run
/// @param provider where sandboxes come from
/// @param image what they are started from
/// @param work the tests of the plan, by index
/// @param built what was built once for all batches, by framework
/// @param env variables for every command in a sandbox
/// @param failFast whether frameworks may stop at a first failure
/// @param retry the one retry layer
/// @param silence when a silent sandbox is suspected and given up
/// @param logs where batches' output goes
/// @param artifacts brings back files that tests make
/// @param warnings takes what the user should know and belongs to no test
public record SessionContext(
    String runId,
    SandboxProvider provider,
    RunImage image,
    List<Work> work,
    Map<TestFramework, BuiltHere> built,
    Map<String, String> env,
    boolean failFast,
    RetrySettings retry,
    SilenceSettings silence,
    BatchLogs logs,
    Artifacts artifacts,
    Consumer<String> warnings) {

  /// One test and how it is run. All tests of a batch have the same framework.
  ///
  /// @param test the test
  /// @param framework its framework
  /// @param env its framework's variables
  /// @param timeout its time limit
  /// @param warm whether its framework may keep a process for many batches
  public record Work(
      TestCase test,
      TestFramework framework,
      Map<String, String> env,
      Duration timeout,
      WarmSettings warm) {}
}
