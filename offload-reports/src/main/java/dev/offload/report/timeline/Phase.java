package dev.offload.report.timeline;

import java.time.Duration;
import java.util.Optional;

/// Tell a phase outside of the sandboxes. Times count from the start of the run.
///
/// @param name the phase, as [dev.offload.api.event.RunEvent.PhaseStarted] names it
/// @param ended when it ended, if it did
public record Phase(String name, Duration started, Optional<Duration> ended) {}
