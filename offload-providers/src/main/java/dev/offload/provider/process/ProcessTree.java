package dev.offload.provider.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// End a process and all it started: its descendants, its process group, and whoever carries its
/// mark.
final class ProcessTree {
  private ProcessTree() {}

  /// Ask the tree to end, and after `grace` make it.
  ///
  /// @param ownGroup whether the process leads a process group of its own
  static void end(Process root, boolean ownGroup, ProcessMark mark, Duration grace) {
    List<ProcessHandle> descendants = root.descendants().toList();
    if (grace.isPositive() && root.isAlive()) {
      signal(root, ownGroup, descendants, "TERM");
      awaitEnd(root, grace);
    }
    signal(root, ownGroup, descendants, "KILL");
    mark.killCarriers();
    awaitEnd(root, Duration.ofSeconds(2));
  }

  private static void signal(
      Process root, boolean ownGroup, List<ProcessHandle> descendants, String signal) {
    if (ownGroup) {
      signalGroup(root.pid(), signal);
    }
    boolean kill = signal.equals("KILL");
    for (ProcessHandle descendant : descendants) {
      boolean _ = kill ? descendant.destroyForcibly() : descendant.destroy();
    }
    if (kill) {
      root.destroyForcibly();
    } else {
      root.destroy();
    }
  }

  /// Java has no call for process groups; every POSIX shell has.
  private static void signalGroup(long group, String signal) {
    try {
      Process kill =
          new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " -" + group)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      awaitEnd(kill, Duration.ofSeconds(2));
    } catch (IOException _) {
      return; // the descendants are signalled one by one all the same
    }
  }

  private static void awaitEnd(Process process, Duration longest) {
    boolean interrupted = Thread.interrupted();
    try {
      boolean _ = process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
