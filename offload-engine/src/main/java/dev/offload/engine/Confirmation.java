package dev.offload.engine;

import dev.offload.engine.discovery.DiscoveryFailed;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.discovery.TestDiscovery;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// List the tests again beside their execution, when the run began with a remembered list.
final class Confirmation implements AutoCloseable {
  private static final TestCatalog NOTHING = new TestCatalog(List.of(), List.of());

  private final Optional<TestCatalog> remembered;
  private final FutureTask<TestCatalog> listing;

  /// How the tests there are differ from those that were remembered.
  ///
  /// @param missing what the remembered list lacked
  /// @param vanished how many tests of it there are not
  record Difference(TestCatalog missing, int vanished) {}

  /// Begin, if there is anything to confirm.
  ///
  /// @param remembered the list the run began with, where it was remembered
  Confirmation(Optional<TestCatalog> remembered, TestDiscovery discovery) {
    this.remembered = remembered;
    this.listing = new FutureTask<>(discovery::listAgain);
    if (remembered.isPresent()) {
      Thread.ofVirtual().name("confirmation").start(listing);
    }
  }

  /// Return the difference; waits until it is known.
  ///
  /// @throws DiscoveryFailed when the tests cannot be listed any more
  Difference difference() throws DiscoveryFailed, InterruptedException {
    if (remembered.isEmpty()) {
      return new Difference(NOTHING, 0);
    }
    try {
      TestCatalog now = listing.get();
      return new Difference(now.without(remembered.get()), remembered.get().without(now).size());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DiscoveryFailed failed) {
        throw failed;
      }
      throw new IllegalStateException("the tests could not be listed again", e);
    }
  }

  /// End the listing, which nobody waits for any more.
  @Override
  public void close() {
    listing.cancel(true);
  }
}
