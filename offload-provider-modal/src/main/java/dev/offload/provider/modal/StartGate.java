package dev.offload.provider.modal;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/// Let sandboxes be created only so fast, and only so many at one time.
final class StartGate implements AutoCloseable {
  /// Many sandboxes that wait for a place at once hold each other up.
  private static final int MOST_AT_ONCE = 64;

  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final long pause;
  private long next = System.nanoTime();

  StartGate(double perSecond) {
    pause = (long) (Duration.ofSeconds(1).toNanos() / perSecond);
  }

  /// Wait for a turn; [#close] ends it.
  StartGate enter() throws InterruptedException {
    places.acquire();
    boolean entered = false;
    try {
      Thread.sleep(Duration.ofNanos(turn()));
      entered = true;
      return this;
    } finally {
      if (!entered) {
        places.release();
      }
    }
  }

  private synchronized long turn() {
    long now = System.nanoTime();
    next = Math.max(next, now);
    long wait = next - now;
    next += pause;
    return wait;
  }

  @Override
  public void close() {
    places.release();
  }
}
