package dev.offload.engine;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.RunResults;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/// Put the events of a run into one order and hand them to the reporters, on one thread.
///
/// The queue is bounded: reporters that cannot follow slow the run down instead of filling memory.
/// A reporter that fails is left out from then on, and the failure becomes an event for the others.
final class EventPump implements Consumer<RunEvent>, AutoCloseable {
  private static final int QUEUE = 16_384;
  private static final Pending END = new Pending(Instant.MIN, new RunEvent.Warning("end"));
  private static final Pending MARK = new Pending(Instant.MIN, new RunEvent.Warning("mark"));

  private final InstantSource clock;
  private final List<Reporter> reporters;
  private final RunResults results = new RunResults();
  private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Queue<CountDownLatch> marks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private long sequence;
  private Instant last = Instant.MIN;

  /// An event and when it happened.
  private record Pending(Instant at, RunEvent event) {}

  EventPump(List<Reporter> reporters, InstantSource clock) {
    this.reporters = new ArrayList<>(reporters);
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("offload-events").daemon().start(this::pump);
  }

  /// Take the next event; waits while the reporters are far behind.
  @Override
  public void accept(RunEvent event) {
    put(new Pending(clock.instant(), event));
  }

  /// Take an event of an earlier run, which keeps its time.
  void replay(EventRecord entry) {
    put(new Pending(entry.at(), entry.event()));
  }

  /// No event may be lost to a cancel.
  private void put(Pending event) {
    Uninterruptible.run(() -> queue.put(event));
  }

  /// Return the results; complete only after [#close].
  RunResults results() {
    return results;
  }

  /// Wait until everything that was accepted so far has reached the reporters and the results.
  void settle() {
    CountDownLatch reached = new CountDownLatch(1);
    marks.add(reached);
    put(MARK);
    Uninterruptible.run(reached::await);
  }

  /// Hand over all events, close the reporters and return.
  @Override
  public void close() {
    if (!thread.isAlive()) {
      return;
    }
    put(END);
    Uninterruptible.run(thread::join);
  }

  private void pump() {
    try {
      for (Pending event = queue.take(); !event.equals(END); event = queue.take()) {
        if (event.equals(MARK)) {
          marks.remove().countDown();
        } else {
          deliver(event);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    for (Reporter reporter : List.copyOf(reporters)) {
      try {
        reporter.close();
      } catch (IOException | RuntimeException | Error e) {
        reporters.remove(reporter);
        deliver(degraded(reporter, e));
      }
    }
  }

  private void deliver(Pending event) {
    last = event.at().isAfter(last) ? event.at() : last;
    EventRecord entry = new EventRecord(++sequence, last, event.event());
    results.accept(entry);
    List<Pending> failures = new ArrayList<>();
    for (Reporter reporter : List.copyOf(reporters)) {
      try {
        reporter.accept(entry);
      } catch (IOException | RuntimeException | Error e) {
        reporters.remove(reporter);
        failures.add(degraded(reporter, e));
      }
    }
    // Only now, so that every reporter sees the events in their order.
    failures.forEach(this::deliver);
  }

  private Pending degraded(Reporter reporter, Throwable e) {
    String name = reporter.getClass().getSimpleName().replace("Reporter", "");
    String words = e instanceof IOException && e.getMessage() != null ? e.getMessage() : "" + e;
    return new Pending(
        clock.instant(),
        new RunEvent.Degraded("a report (" + name + ") could not be written: " + words));
  }
}
