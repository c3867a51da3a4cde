package dev.offload.api.test;

import java.time.LocalDate;

/// Say why a test is quarantined: it runs and is reported, and does not change the exit code.
///
/// @param reason why, in the words of whoever put it there
/// @param owner who takes care of it
/// @param expires the last day on which it holds
public record Quarantine(String reason, String owner, LocalDate expires) {
  /// Return `reason (owner, until 2026-12-31)`.
  public String inWords() {
    return reason + " (" + owner + ", until " + expires + ")";
  }
}
