package dev.offload.report.timeline;

import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.SandboxId;
import java.time.Duration;
import java.util.Optional;

/// Tell the course of one batch. Times count from the start of the run.
///
/// @param tests how many tests it was given
/// @param hedge whether its tests also ran elsewhere
/// @param ended when it ended, if it did
/// @param cancelled whether Offload ended it
/// @param words how it ended; empty while it has not
public record BatchSpan(
    BatchId batch,
    SandboxId sandbox,
    int tests,
    boolean hedge,
    Duration started,
    Optional<Duration> ended,
    boolean cancelled,
    String words) {
  BatchSpan end(Duration at, boolean wasCancelled, String how) {
    return new BatchSpan(batch, sandbox, tests, hedge, started, Optional.of(at), wasCancelled, how);
  }
}
