package dev.offload.api.sandbox;

import java.time.Duration;
import java.util.Optional;

/// Start sandboxes of one kind.
///
/// Methods may be called from any thread, also at the same time.
public interface SandboxProvider extends AutoCloseable {
  /// Make ready what sandboxes are started from.
  SandboxImage prepare(PrepareRequest request, ProgressSink progress)
      throws SandboxException, InterruptedException;

  /// Return a text that names everything the image is made from: while it stays the same, the image
  /// that [#prepare] made is as good as a new one, also in a later run. Empty when this provider
  /// has no images, or none that could be used again. May read files; the text may be long.
  default Optional<String> imageKey() throws SandboxException, InterruptedException {
    return Optional.empty();
  }

  /// Return whether an image still exists that [#prepare] made, perhaps in an earlier run.
  default boolean hasImage(SandboxImage image) throws SandboxException, InterruptedException {
    return true;
  }

  /// Return what a sandbox costs, when this provider knows.
  default Optional<SandboxPrice> price() {
    return Optional.empty();
  }

  /// Start one sandbox and return it when it can be used. When this throws, or is interrupted,
  /// nothing stays behind.
  ///
  /// @throws SandboxException.ImageGone when the image no longer exists; the engine has it made
  ///   again, once in a run, and asks again
  Sandbox start(SandboxImage image, SandboxSpec spec) throws SandboxException, InterruptedException;

  /// Return how long an operation may take until the sandbox has a chance to answer, for example
  /// because a program has to start for it. Silence only counts from then on. It may grow in the
  /// course of a run; asked often, so it must be at hand.
  default Duration timeToBegin() {
    return Duration.ZERO;
  }

  /// Return whether commands in sandboxes see the files of this machine under the same absolute
  /// paths, so that what was made here need not be copied there.
  default boolean sharesFiles() {
    return false;
  }

  /// End a sandbox of an earlier run that was killed.
  ///
  /// @param handle what [Sandbox#handle] said
  /// @return whether it is gone now, or was gone before
  default boolean reap(String handle) throws SandboxException, InterruptedException {
    return false;
  }

  /// End every sandbox of an earlier run that was killed, by the run's label: also those whose
  /// handle nobody ever learned.
  ///
  /// @param runId what [SandboxSpec#runId] said
  /// @return how many were found; 0 also when this provider cannot find them in this way
  default int reapRun(String runId) throws SandboxException, InterruptedException {
    return 0;
  }

  /// End whatever this provider started that still lives. MUST be harmless when called again.
  @Override
  void close() throws SandboxException;
}
