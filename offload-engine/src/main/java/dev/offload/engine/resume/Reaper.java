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

  /// How many sandboxes are gone.
  ///
  /// @param named those whose names the journal has
  /// @param found those that were found by the name of the run only
  public record Gone(int named, int found) {}

  /// Close them and tell what became of each: [RunEvent.SandboxClosed], or [RunEvent.Degraded] for
  /// one that may still live.
  ///
  /// Those that were about to start, whose names the journal does not have, are closed as well
  /// where the provider can find them.
  ///
  /// @param open those whose names are known, with what the provider calls them
  /// @param provider the run's
  /// @param here what runs commands on this machine, such as discovery; no name of it is known
  /// @return how many are gone
  public static Gone reap(
      String runId,
      Map<SandboxId, String> open,
      SandboxProvider provider,
      SandboxProvider here,
      Consumer<RunEvent> events)
      throws InterruptedException {
    int named = 0;
    for (Map.Entry<SandboxId, String> left : new TreeMap<>(open).entrySet()) {
      try {
        if (provider.reap(left.getValue())) {
          events.accept(new RunEvent.SandboxClosed(left.getKey()));
          named++;
        } else {
          events.accept(degraded(left, "this provider cannot find it again"));
        }
      } catch (SandboxException e) {
        events.accept(degraded(left, e.getMessage()));
      }
    }
    int found = 0;
    try {
      found += here.reapRun(runId);
      found += provider.reapRun(runId);
    } catch (SandboxException e) {
      events.accept(
          new RunEvent.Degraded("sandboxes of the killed run may still live: " + e.getMessage()));
    }
    return new Gone(named, found);
  }

  private static RunEvent degraded(Map.Entry<SandboxId, String> left, String why) {
    return new RunEvent.Degraded(
        left.getKey() + " (" + left.getValue() + ") of the killed run may still live: " + why);
  }
}
