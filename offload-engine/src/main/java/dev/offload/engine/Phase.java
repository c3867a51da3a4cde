package dev.offload.engine;

import dev.offload.api.event.RunEvent;
import java.time.Duration;
import java.util.function.Consumer;

/// Tell when a phase begins and ends. Ends once.
final class Phase implements AutoCloseable {
  private final String name;
  private final Consumer<RunEvent> events;
  private final long began = System.nanoTime();
  private boolean ended;

  Phase(String name, Consumer<RunEvent> events) {
    this.name = name;
    this.events = events;
    events.accept(new RunEvent.PhaseStarted(name));
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      events.accept(new RunEvent.PhaseFinished(name, Duration.ofNanos(System.nanoTime() - began)));
    }
  }
}
