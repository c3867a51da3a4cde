package dev.offload.engine;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.RunResults;
import dev.offload.engine.event.EventFanOut;
import java.time.Instant;
import java.time.InstantSource;
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
/// That a reporter failed becomes an event for the others.
final class EventPump implements Consumer<RunEvent>, AutoCloseable {
  private static final int QUEUE = 16_384;
  private static final Pending END = new Pending(Instant.MIN, new RunEvent.Warning("end"));
  private static final Pending MARK = new Pending(Instant.MIN, new RunEvent.Warning("mark"));

  private final InstantSource clock;
  private final EventFanOut reporters;
  private final RunResults results = new RunResults();
  private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Queue<CountDownLatch> marks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private int failuresTold;
  private long sequence;
  private Instant last = Instant.MIN;

  /// An event and when it happened.
  private record Pending(Instant at, RunEvent event) {}

  /// @param reporters are closed by [#close]
  EventPump(EventFanOut reporters, InstantSource clock) {
    this.reporters = reporters;
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
    while (reporters.closeNext()) {
      tellFailures();
    }
  }

  private void deliver(Pending event) {
    hand(event);
    tellFailures();
  }

  private void hand(Pending event) {
    last = event.at().isAfter(last) ? event.at() : last;
    EventRecord entry = new EventRecord(++sequence, last, event.event());
    results.accept(entry);
    reporters.accept(entry);
  }

  /// Only when an event has reached all reporters, so that every one sees the events in their
  /// order.
  private void tellFailures() {
    for (List<String> all = reporters.failures();
        failuresTold < all.size();
        all = reporters.failures()) {
      hand(new Pending(clock.instant(), new RunEvent.Degraded(all.get(failuresTold++))));
    }
  }
}
