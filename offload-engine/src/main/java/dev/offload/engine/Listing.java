package dev.offload.engine;

import dev.offload.engine.discovery.DiscoveryFailed;
import dev.offload.engine.dispatch.Message;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// List the tests on a thread of its own, beside the run of those that are known already. Where it
/// fails it stops the run.
final class Listing implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final FutureTask<Void> task;
  private final Thread thread;

  /// Lists all tests, to whom it may concern.
  interface Source {
    void list() throws DiscoveryFailed, InterruptedException;
  }

  /// Begin.
  Listing(Source source, RunLoop loop) {
    task =
        new FutureTask<>(() -> {
          try {
            source.list();
          } catch (DiscoveryFailed e) {
            loop.post(new Message.Cancel(e.getMessage()));
            throw e;
          } catch (RuntimeException e) {
            loop.post(new Message.Cancel("the tests could not be listed"));
            throw e;
          }
          return null;
        });
    thread = Thread.ofVirtual().name("discovery").start(task);
  }

  /// Wait for its end, which is near when the run was not stopped by somebody else.
  ///
  /// @throws DiscoveryFailed when the tests could not be listed, or what they need not be built
  void check() throws DiscoveryFailed, InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case DiscoveryFailed failed -> throw failed;
        case null, default -> throw new IllegalStateException("the listing broke", e.getCause());
      }
    }
  }

  /// End it, if it is not over: nobody waits for it any more.
  @Override
  public void close() {
    thread.interrupt();
    Uninterruptible.run(() -> {
      boolean _ = thread.join(PATIENCE);
    });
  }
}
