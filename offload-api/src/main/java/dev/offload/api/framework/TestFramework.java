package dev.offload.api.framework;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.test.TestCase;
import java.util.List;
import java.util.Optional;

/// Adapt one test framework. Implementations are pure: they build commands and read output, and
/// start nothing themselves.
///
/// - [#discovery] and [#execution] MUST give the same answer for the same request.
/// - Every test of a [Discovery.Found] MUST have an id of its own, stable between runs of an
///   unchanged suite.
/// - [#execution] MUST run exactly the requested tests, whatever characters their names hold.
/// - Values of `env` MUST NOT enter a command line.
public interface TestFramework {
  /// Return the command that lists the tests of a group. It runs locally, in the project root.
  Step discovery(DiscoveryRequest request);

  /// Read the output of [#discovery]. The tests carry the group of the request.
  Discovery readDiscovery(DiscoveryRequest request, CommandOutput output);

  /// Return a command that makes, once for the whole run, what batches would otherwise make each
  /// for itself, such as compiled tests; empty when there is nothing to make. It runs on this
  /// machine, in the project root, after the discovery of all groups of the framework and before
  /// their first batch.
  default Optional<Step> build(BuildRequest request) {
    return Optional.empty();
  }

  /// Read how the command of [#build] ended.
  default BuildResult readBuild(BuildRequest request, CommandOutput output) {
    return new BuildResult.Built(List.of(), List.of());
  }

  /// Return a text that groups share which one command can list together ([#discovery(List)]). By
  /// default each group has its own command.
  default String discoveryPass(DiscoveryRequest request) {
    return request.group();
  }

  /// Return the command that lists the tests of several groups with the same [#discoveryPass];
  /// their requests have the same folder and variables.
  default Step discovery(List<DiscoveryRequest> requests) {
    return discovery(requests.getFirst());
  }

  /// Read the output of [#discovery(List)]: an answer for each request, in their order.
  default List<Discovery> readDiscovery(List<DiscoveryRequest> requests, CommandOutput output) {
    return List.of(readDiscovery(requests.getFirst(), output));
  }

  /// Return the endings of the names of those files of a project that decide which tests there are,
  /// for example `.py`: while none of them changes, what was listed may be remembered. Where it is
  /// empty nothing is remembered.
  default List<String> discoveryInputs() {
    return List.of();
  }

  /// Return whether a change of one of these files may change which tests there are in other files,
  /// as a rule. Where it may not, the remembered tests of other files begin while the tests are
  /// listed again, and that list decides.
  ///
  /// @param file its path, relative to the project root
  default boolean decidesForOtherFiles(String file) {
    return true;
  }

  /// Return the command that runs a batch.
  Step execution(ExecutionRequest request);

  /// Return how the same batch runs in a process that is kept for later ones, or nothing when it
  /// needs a process of its own. The outcome of every test MUST be the same either way.
  ///
  /// @param request its folder is that of the process, the same for all batches the process runs;
  ///   its variables lack `OFFLOAD_BATCH_ID`, which comes with the order
  default Optional<WarmStep> warm(ExecutionRequest request) {
    return Optional.empty();
  }

  /// Return a new decoder for what [#execution] or a warm process says of one batch.
  SignalDecoder decoder(ExecutionRequest request);

  /// Return the number of the signal that makes a hanging process of this framework say where it
  /// hangs (a stack dump) before it is killed, or 15.
  default int diagnosticSignal() {
    return 15;
  }

  /// Return how many characters a test adds to the command line of its batch; 0 when its name does
  /// not travel there.
  default int commandLength(TestCase test) {
    return 0;
  }

  /// Return words for how the process of a batch ended, where the framework knows better than its
  /// exit code tells; empty otherwise.
  default String explainExit(Exit exit) {
    return "";
  }
}
