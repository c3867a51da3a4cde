package dev.offload.api.framework;

import dev.offload.api.command.Exit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Turn what a batch's command sends into signals. One decoder serves one batch and is used by one
/// thread at a time.
///
/// A decoder never throws on bad input: what it does not understand it drops or reports as
/// [TestSignal.Diagnosis].
public interface SignalDecoder {
  /// Take one frame's payload, joined from its pieces; see [SignalProtocol].
  List<TestSignal> frame(String payload);

  /// Return whether [#stdoutLine] wants the lines of ordinary standard output.
  default boolean readsStdout() {
    return false;
  }

  /// Take one line of ordinary standard output, without its line end; called only if
  /// [#readsStdout].
  default List<TestSignal> stdoutLine(String line) {
    return List.of();
  }

  /// Take the end of the command.
  ///
  /// @param exit how the command ended
  /// @param resultFiles local copies of those [Step#resultFiles()] that the command left, by name
  default List<TestSignal> end(Exit exit, Map<String, Path> resultFiles) {
    return List.of();
  }

  /// Take the end of the command with all that is known of it. The engine calls this one.
  default List<TestSignal> end(CommandEnd end) {
    return end(end.exit(), end.resultFiles());
  }
}
