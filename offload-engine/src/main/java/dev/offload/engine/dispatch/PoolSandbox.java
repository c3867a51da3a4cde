package dev.offload.engine.dispatch;

import dev.offload.api.sandbox.SandboxId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Hold what is known of one sandbox of the run.
final class PoolSandbox {
  /// Say where a sandbox is in its life.
  enum State {
    STARTING,
    READY,
    /// It was asked to close, or is dead and was asked to be cleared away.
    CLOSING,
    GONE
  }

  final SandboxId id;
  final long startedAt;
  State state = State.STARTING;
  @Nullable Batch batch;

  /// Whether it was dead when it was asked to close.
  boolean dead;

  /// When it should have confirmed its close.
  long closedBy;

  /// Whether nothing is heard of it while it runs a batch, so that it may be lost.
  boolean silent;

  /// Whether it was given a batch before.
  boolean used;

  /// How many tests passed in it.
  int passes;

  /// Whether any test ended in it that was not skipped, so that it says something of the sandbox.
  boolean told;

  /// How many failures and abnormal ends there were in a row.
  int streak;

  /// How many batches in a row ended before their first test.
  int emptyEnds;

  /// The length of a streak that puts it in doubt.
  int patience;

  /// Whether one of its failures was already judged elsewhere for want of any comparison.
  boolean askedElsewhere;

  /// The failures since its last pass: they do not count for good yet.
  final List<Failure> doubts = new ArrayList<>();

  /// The tests that passed elsewhere and failed here, when it had to prove itself; empty since its
  /// last pass.
  final Set<Integer> failedProbes = new LinkedHashSet<>();

  /// How fast it is.
  private final Pace own = new Pace();

  /// How fast the machine is that it is on, when that is known to be one for several sandboxes.
  Pace host = new Pace();

  PoolSandbox(SandboxId id, long now, int patience) {
    this.id = id;
    this.startedAt = now;
    this.patience = patience;
  }

  boolean isIdle() {
    return state == State.READY && batch == null;
  }

  boolean isLive() {
    return state == State.STARTING || state == State.READY;
  }

  boolean isProven() {
    return passes > 0 && streak == 0;
  }

  /// Take the measured time of a test that passed in it, and the expected one, in seconds.
  void passed(double expected, double measured) {
    own.take(expected, measured);
    host.take(expected, measured);
  }

  /// Return whether anything is known of its pace.
  boolean isTried() {
    return own.isKnown() || host.isKnown();
  }

  /// Return how many times longer than expected tests take in it: what was measured in it, and as
  /// long as that is little, what was measured on its machine.
  double pace() {
    return Math.clamp(own.ratio(host.ratio(1)), 0.2, 50);
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
