package dev.offload.engine.session;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.ImageGone;
import dev.offload.api.sandbox.SandboxImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Hold the image that the sandboxes of one run are started from. It is made beside everything
/// else, and once more when it vanishes while the run needs it.
public final class RunImage implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Maker maker;
  private final List<Edition> editions = new ArrayList<>();

  /// Make it; [#begin] makes the image.
  public RunImage(Maker maker) {
    this.maker = maker;
    editions.add(new Edition(maker::first));
  }

  /// Make the image.
  public interface Maker {
    /// Make it, or find one to use.
    SandboxImage first() throws SandboxException, InterruptedException;

    /// Make it again.
    ///
    /// @param gone the one that vanished
    SandboxImage again(SandboxImage gone) throws SandboxException, InterruptedException;
  }

  private interface Making {
    SandboxImage make() throws SandboxException, InterruptedException;
  }

  /// One making of the image. That of a second one may well have the same id.
  public static final class Edition {
    private final FutureTask<SandboxImage> task;
    private final Thread thread;

    private Edition(Making making) {
      task = new FutureTask<>(making::make);
      thread = Thread.ofVirtual().name("image").unstarted(task);
    }

    /// Wait until it is made.
    public SandboxImage image() throws SandboxException, InterruptedException {
      try {
        return task.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof SandboxException known
            ? known
            : new SandboxException.Fatal("the image could not be prepared: " + e.getCause(), e);
      }
    }
  }

  /// Begin to make it.
  public void begin() {
    now().thread.start();
  }

  /// Have something done, on a thread of its own, once the image is made or cannot be.
  public void whenSettled(Runnable what) {
    Edition first = now();
    Thread.ofVirtual()
        .name("image-settled")
        .start(() -> {
          try {
            first.image();
          } catch (SandboxException | CancellationException _) {
            // Whoever starts a sandbox is told.
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          what.run();
        });
  }

  /// Return the one to start sandboxes from now.
  public synchronized Edition now() {
    return editions.getLast();
  }

  /// Have it made again, unless that was begun already for another sandbox.
  ///
  /// @param gone the edition that vanished
  /// @return the one to start from instead
  /// @throws SandboxException.Fatal when that was made again itself
  public synchronized Edition again(Edition gone, ImageGone why)
      throws SandboxException, InterruptedException {
    if (gone == now()) {
      SandboxImage image = gone.image();
      if (editions.size() > 1) {
        throw new SandboxException.Fatal(
            why.getMessage() + ". It was made again in this run already, and has vanished again",
            why);
      }
      Edition next = new Edition(() -> maker.again(image));
      editions.add(next);
      next.thread.start();
    }
    return now();
  }

  /// End what is being made, and wait for that end.
  @Override
  public void close() {
    List<Edition> all;
    synchronized (this) {
      all = List.copyOf(editions);
    }
    for (Edition edition : all) {
      edition.task.cancel(true);
      try {
        boolean _ = edition.thread.getState() == Thread.State.NEW || edition.thread.join(PATIENCE);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
