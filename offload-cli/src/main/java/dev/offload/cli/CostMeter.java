package dev.offload.cli;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxPrice;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Add up how long sandboxes lived, those that died too, and say what that costs.
final class CostMeter implements Reporter {
  private final Map<SandboxId, Instant> living = new HashMap<>();
  private Duration lived = Duration.ZERO;
  private int sandboxes;
  private Instant last = Instant.EPOCH;

  /// From the first wish for it a sandbox may cost something; one that never started cost nothing.
  @Override
  public void accept(EventRecord event) {
    last = event.at();
    switch (event.event()) {
      case RunEvent.SandboxStarting(SandboxId sandbox) -> living.put(sandbox, last);
      case RunEvent.SandboxStartFailed failed -> living.remove(failed.sandbox());
      case RunEvent.SandboxReady _ -> sandboxes++;
      case RunEvent.SandboxLost lost -> ended(lost.sandbox());
      case RunEvent.SandboxClosed(SandboxId sandbox) -> ended(sandbox);
      default -> {}
    }
  }

  private void ended(SandboxId sandbox) {
    Instant began = living.remove(sandbox);
    if (began != null) {
      lived = lived.plus(Duration.between(began, last));
    }
  }

  @Override
  public void close() {
    // What nobody saw end has lived until now.
    Map.copyOf(living).keySet().forEach(this::ended);
  }

  /// Return the line for the user.
  ///
  /// @param price what a sandbox costs, if the provider knows
  String inWords(Optional<SandboxPrice> price, String provider) {
    if (price.isEmpty()) {
      return "estimated cost: unknown; the provider '" + provider + "' has no prices";
    }
    double seconds = lived.toMillis() / 1000.0;
    return String.format(
        Locale.ROOT,
        "estimated cost: $%.4f (%d sandboxes, %.0f seconds in all; each with %s)",
        seconds * price.get().usdPerSecond(),
        sandboxes,
        seconds,
        price.get().basis());
  }
}
