package dev.offload.engine.resume;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxProvider;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Close the sandboxes that a killed run left.
public final class Reaper {
  private Reaper() {}

  /// Close them and tell what became of each: [RunEvent.SandboxClosed], or [RunEvent.Degraded] for
  /// one that may still live.
  ///
  /// Those that were about to start, whose names the journal does not have, are closed as well
  /// where the provider can find them.
  ///
  /// @param provider the run's
  /// @param here what runs commands on this machine, such as discovery; no name of it is known
  /// @return how many of those whose names are known are gone
  public static int reap(
      EarlierRun run, SandboxProvider provider, SandboxProvider here, Consumer<RunEvent> events)
      throws InterruptedException {
    int gone = 0;
    for (Map.Entry<SandboxId, String> left : new TreeMap<>(run.openSandboxes()).entrySet()) {
      try {
        if (provider.reap(left.getValue())) {
          events.accept(new RunEvent.SandboxClosed(left.getKey()));
          gone++;
        } else {
          events.accept(degraded(left, "this provider cannot find it again"));
        }
      } catch (SandboxException e) {
        events.accept(degraded(left, e.getMessage()));
      }
    }
    try {
      int _ = here.reapRun(run.runId());
      int _ = provider.reapRun(run.runId());
    } catch (SandboxException e) {
      events.accept(
          new RunEvent.Degraded("sandboxes of the killed run may still live: " + e.getMessage()));
    }
    return gone;
  }

  private static RunEvent degraded(Map.Entry<SandboxId, String> left, String why) {
    return new RunEvent.Degraded(
        left.getKey() + " (" + left.getValue() + ") of the killed run may still live: " + why);
  }
}
