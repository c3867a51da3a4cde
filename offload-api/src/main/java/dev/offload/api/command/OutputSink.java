package dev.offload.api.command;

/// Take the output of a running command, in the order in which each stream delivers it.
///
/// Calls for one stream never overlap; calls for the two streams may. An implementation may block:
/// that is the back-pressure. The bytes are only valid during the call.
public interface OutputSink {
  /// Take bytes of standard output.
  void stdout(byte[] buffer, int offset, int length);

  /// Take bytes of standard error.
  void stderr(byte[] buffer, int offset, int length);

  /// Return a sink that drops everything.
  static OutputSink discard() {
    return new OutputSink() {
      @Override
      public void stdout(byte[] buffer, int offset, int length) {}

      @Override
      public void stderr(byte[] buffer, int offset, int length) {}
    };
  }
}
