package dev.offload.engine;

/// Finish something that must not be cut short by an interruption, and keep the interruption for
/// the caller.
final class Uninterruptible {
  private Uninterruptible() {}

  /// Something that waits. It can be begun again after an interruption as if nothing had happened.
  interface Waiting {
    void run() throws InterruptedException;
  }

  /// Run it, again after each interruption, until it is through.
  static void run(Waiting waiting) {
    boolean interrupted = false;
    while (true) {
      try {
        waiting.run();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
