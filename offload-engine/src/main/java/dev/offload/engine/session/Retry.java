package dev.offload.engine.session;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.engine.config.OffloadConfig.RetrySettings;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// The one retry layer: tries an operation again when it failed in passing, and only then.
///
/// The pause doubles from try to try and is spread by up to half (jitter), so that many sandboxes
/// do not come back at the same moment. A dead sandbox and a fatal error are never tried again.
public final class Retry {
  private final RetrySettings settings;

  /// Make it.
  public Retry(RetrySettings settings) {
    this.settings = settings;
  }

  /// Something that may fail in passing.
  public interface Operation<T> {
    /// Do it once.
    T run() throws SandboxException, InterruptedException;
  }

  /// Do it, again and again while that may help and is allowed.
  public <T> T call(Operation<T> operation) throws SandboxException, InterruptedException {
    long deadline = System.nanoTime() + settings.deadline().toNanos();
    Duration delay = settings.firstDelay();
    int attempt = 1;
    while (true) {
      Duration pause;
      SandboxException failure;
      try {
        return operation.run();
      } catch (SandboxException.Transient e) {
        failure = e;
        pause = spread(delay);
      } catch (SandboxException.Unavailable e) {
        failure = e;
        pause = e.retryAfter();
        // Waiting for a quota is no failed try: only the deadline ends it.
        attempt--;
      }
      attempt++;
      if (attempt > settings.attempts() || System.nanoTime() + pause.toNanos() > deadline) {
        throw failure;
      }
      Thread.sleep(pause);
      delay = min(delay.multipliedBy(2), settings.maxDelay());
    }
  }

  private static Duration spread(Duration delay) {
    return Duration.ofNanos(
        (long) (delay.toNanos() * ThreadLocalRandom.current().nextDouble(0.75, 1.25)));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
