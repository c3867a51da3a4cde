package dev.offload.report.trace;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hold where a sandbox is drawn: its process, and which rows of it are taken by tests.
final class SandboxTrack {
  /// How its process is numbered.
  final int pid;

  /// Its start-up, while it goes on.
  TraceFold.@Nullable Span open;

  /// Whether it can be used.
  boolean alive;

  private final List<Instant> lanes = new ArrayList<>();
  private int named;

  SandboxTrack(int pid) {
    this.pid = pid;
  }

  /// Take the first row that is free at a time, until another time.
  int occupy(Instant from, Instant until) {
    for (int lane = 0; lane < lanes.size(); lane++) {
      if (!lanes.get(lane).isAfter(from)) {
        lanes.set(lane, until);
        return lane;
      }
    }
    lanes.add(until);
    return lanes.size() - 1;
  }

  /// Free a row from a time on.
  void release(int lane, Instant at) {
    lanes.set(lane, at);
  }

  /// Return whether the row was never asked for here.
  boolean isFirstUse(int lane) {
    if (lane < named) {
      return false;
    }
    named = lane + 1;
    return true;
  }
}
