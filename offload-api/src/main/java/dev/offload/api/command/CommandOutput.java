package dev.offload.api.command;

import java.util.List;

/// Hold what a finished command left.
///
/// @param exit how it ended
/// @param frames what a reporter of ours sent, in order; see
///   [dev.offload.api.framework.SignalProtocol]
/// @param stdout its standard output without the frames, at most the last few MiB of it
/// @param stderr its standard error, at most the last few MiB of it
public record CommandOutput(Exit exit, List<String> frames, String stdout, String stderr) {
  /// Copy.
  public CommandOutput {
    frames = List.copyOf(frames);
  }
}
