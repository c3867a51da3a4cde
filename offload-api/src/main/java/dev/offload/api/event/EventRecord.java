package dev.offload.api.event;

import java.time.Instant;

/// Place one event in the order of the run.
///
/// @param sequence its number within the run, from 1, without gaps
/// @param at when it was recorded; never before the preceding event's
/// @param event the fact
public record EventRecord(long sequence, Instant at, RunEvent event) {
  /// Return another event in the place of this one.
  public EventRecord with(RunEvent other) {
    return new EventRecord(sequence, at, other);
  }
}
