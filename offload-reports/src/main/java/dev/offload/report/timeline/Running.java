package dev.offload.report.timeline;

import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestId;
import java.time.Duration;

/// Tell of an attempt that began and did not end.
///
/// @param started when it began, counted from the start of the run
public record Running(
    TestId test, int attempt, SandboxId sandbox, BatchId batch, Duration started) {}
