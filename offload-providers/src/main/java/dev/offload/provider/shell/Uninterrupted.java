package dev.offload.provider.shell;

import dev.offload.api.sandbox.SandboxException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Carry something out to its end although the thread is interrupted; the interruption is kept.
public final class Uninterrupted {
  private Uninterrupted() {}

  /// Do what blocks and may be interrupted.
  public interface Blocking<T extends @Nullable Object> {
    T get() throws SandboxException, InterruptedException;
  }

  /// Return what a task failed with.
  public static SandboxException failure(ExecutionException e) {
    if (e.getCause() instanceof SandboxException failure) {
      return failure;
    }
    throw new IllegalStateException(e.getCause());
  }

  /// Return what it gives, however often the thread is interrupted meanwhile.
  public static <T extends @Nullable Object> T get(Blocking<T> blocking) throws SandboxException {
    FutureTask<T> task = new FutureTask<>(blocking::get);
    Thread.startVirtualThread(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw failure(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
