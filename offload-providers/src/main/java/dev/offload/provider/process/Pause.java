package dev.offload.provider.process;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Wait a moment where an interruption must not cut short what is being cleaned up.
final class Pause {
  private Pause() {}

  /// Wait; an interruption is kept for later.
  static void uninterruptibly(long millis) {
    boolean interrupted = Thread.interrupted();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
