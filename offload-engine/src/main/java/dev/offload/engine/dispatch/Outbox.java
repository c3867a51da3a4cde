package dev.offload.engine.dispatch;

import dev.offload.api.event.RunEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Collect the actions of one step, and know what time it is in it: nanoseconds since the first
/// message.
final class Outbox {
  private List<Action> actions = new ArrayList<>();
  private Instant begin = Instant.EPOCH;
  private long beforeBegin;
  private long now;

  void begin(Instant runStarted, Instant begin) {
    this.begin = begin;
    beforeBegin = Math.max(0, Duration.between(runStarted, begin).toNanos());
  }

  /// Set the time; it never goes back, whatever the caller's clock does.
  void at(Instant instant) {
    now = Math.max(now, Duration.between(begin, instant).toNanos());
  }

  long now() {
    return now;
  }

  /// Return the time since the start of the run.
  Duration sinceStart(long at) {
    return Duration.ofNanos(beforeBegin + Math.max(0, at));
  }

  void add(Action action) {
    actions.add(action);
  }

  void emit(RunEvent event) {
    actions.add(new Action.Emit(event));
  }

  void timer(Message.Timer timer, long at) {
    actions.add(new Action.SetTimer(timer, begin.plusNanos(at)));
  }

  /// Return what was collected, and start anew.
  List<Action> take() {
    List<Action> taken = actions;
    actions = new ArrayList<>();
    return taken;
  }
}
