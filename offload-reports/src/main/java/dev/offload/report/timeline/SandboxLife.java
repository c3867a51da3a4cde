package dev.offload.report.timeline;

import dev.offload.api.sandbox.SandboxId;
import java.time.Duration;
import java.util.Optional;

/// Tell the life of one sandbox. Times count from the start of the run.
///
/// @param sandbox its name
/// @param handle the provider's name for it, or empty while it is not ready
/// @param starting when its start began
/// @param ready when it could be used, if it ever could
/// @param ended when it ended, if it did
/// @param end how it ended
/// @param words why, for an end that nobody wished; else empty
public record SandboxLife(
    SandboxId sandbox,
    String handle,
    Duration starting,
    Optional<Duration> ready,
    Optional<Duration> ended,
    End end,
    String words) {

  /// How a sandbox ended.
  public enum End {
    /// It did not, as far as is known.
    OPEN,
    /// Offload closed it.
    CLOSED,
    /// It died.
    LOST,
    /// It was replaced because it failed tests that pass elsewhere.
    CONDEMNED,
    /// It could not be started.
    START_FAILED
  }

  static SandboxLife begin(SandboxId sandbox, Duration at) {
    return new SandboxLife(sandbox, "", at, Optional.empty(), Optional.empty(), End.OPEN, "");
  }

  SandboxLife ready(Duration at, String name) {
    return new SandboxLife(sandbox, name, starting, Optional.of(at), ended, end, words);
  }

  SandboxLife end(Duration at, End how, String why) {
    return new SandboxLife(sandbox, handle, starting, ready, Optional.of(at), how, why);
  }
}
