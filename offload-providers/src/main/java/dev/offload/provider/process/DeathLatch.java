package dev.offload.provider.process;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Hold the death of one sandbox: it happens once, and everybody who waits learns of it.
public final class DeathLatch {
  private final AtomicReference<@Nullable Death> death = new AtomicReference<>();
  private final CountDownLatch happened = new CountDownLatch(1);

  /// Tell of the death; only the first one counts.
  ///
  /// @return whether this was the first
  public boolean tell(Death what) {
    boolean first = death.compareAndSet(null, what);
    happened.countDown();
    return first;
  }

  /// Return the death, if it happened.
  public Optional<Death> now() {
    return Optional.ofNullable(death.get());
  }

  /// Return alive or dead.
  public Liveness poll() {
    return now().<Liveness>map(Liveness.Dead::new).orElseGet(Liveness.Alive::new);
  }

  /// Wait for it.
  public Death await() throws InterruptedException {
    happened.await();
    return now().orElseThrow();
  }

  /// Do nothing while the sandbox lives.
  ///
  /// @throws SandboxDead when it is dead
  public void check() throws SandboxDead {
    Death what = death.get();
    if (what != null) {
      throw new SandboxDead(what);
    }
  }
}
