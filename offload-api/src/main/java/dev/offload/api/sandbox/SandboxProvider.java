package dev.offload.api.sandbox;

/// Start sandboxes of one kind.
///
/// Methods may be called from any thread, also at the same time.
public interface SandboxProvider extends AutoCloseable {
  /// Make ready what sandboxes are started from.
  SandboxImage prepare(PrepareRequest request, ProgressSink progress)
      throws SandboxException, InterruptedException;

  /// Start one sandbox and return it when it can be used. When this throws, or is interrupted,
  /// nothing stays behind.
  Sandbox start(SandboxImage image, SandboxSpec spec) throws SandboxException, InterruptedException;

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

  /// End whatever this provider started that still lives. MUST be harmless when called again.
  @Override
  void close() throws SandboxException;
}
