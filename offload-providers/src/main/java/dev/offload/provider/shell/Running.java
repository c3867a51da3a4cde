package dev.offload.provider.shell;

import dev.offload.provider.process.ChildProcess;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Know the local processes of operations in progress, to end them when they have become pointless.
public final class Running {
  /// Wait for a process.
  public interface Wait<T> {
    T get() throws InterruptedException;
  }

  private final Set<ChildProcess> processes = ConcurrentHashMap.newKeySet();
  private volatile boolean over;

  /// Wait for a process, which is killed as soon as [#end] is called.
  public <T> T during(ChildProcess child, Wait<T> wait) throws InterruptedException {
    processes.add(child);
    try {
      if (over) {
        child.kill();
      }
      return wait.get();
    } finally {
      processes.remove(child);
    }
  }

  /// Kill what runs and whatever will be started.
  public void end() {
    over = true;
    processes.forEach(ChildProcess::kill);
  }
}
