package dev.offload.engine;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.engine.dispatch.Action;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.Dispatcher;
import dev.offload.engine.dispatch.Message;
import dev.offload.engine.session.SandboxSession;
import dev.offload.engine.session.SessionContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The thin shell around the dispatcher: one inbox, read by one thread, which carries out what the
/// dispatcher asks for.
///
/// The inbox is bounded, so that sandboxes that talk faster than the dispatcher thinks are slowed
/// down by their own pipes.
final class RunLoop {
  private static final int INBOX = 65_536;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final SessionContext context;
  private final Consumer<RunEvent> events;
  private final InstantSource clock;
  private final BlockingQueue<Letter> inbox = new ArrayBlockingQueue<>(INBOX);
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(Comparator.comparing(Alarm::at).thenComparingLong(Alarm::number));
  private final Map<SandboxId, SandboxSession> sessions = new HashMap<>();
  private long alarmsSet;
  private boolean worked;
  private boolean finished;

  private record Alarm(Instant at, long number, Message.Timer timer) {}

  /// What is to be done by the thread of the loop.
  ///
  /// @param before what comes before the message
  private record Letter(@Nullable Runnable before, @Nullable Message message) {}

  RunLoop(SessionContext context, Consumer<RunEvent> events, InstantSource clock) {
    this.context = context;
    this.events = events;
    this.clock = clock;
  }

  /// Put a message into the inbox, from any thread; waits while it is full.
  void post(Message message) {
    post(new Letter(null, message));
  }

  /// Put a message into the inbox, and what is to be told before the dispatcher takes it. When the
  /// run is over before that, neither happens.
  void post(Runnable before, Message message) {
    post(new Letter(before, message));
  }

  /// Have something told in its place among the messages, unless the run is over before.
  void tell(Runnable what) {
    post(new Letter(what, null));
  }

  private void post(Letter letter) {
    // A fact is never dropped.
    Uninterruptible.run(() -> inbox.put(letter));
  }

  /// Run until the dispatcher is finished.
  ///
  /// @return what was learned of costs beside the tests, if any test ran
  Optional<Costs> run(DispatchPlan plan, Instant runStarted) throws InterruptedException {
    Dispatcher dispatcher = new Dispatcher(plan);
    step(dispatcher, new Message.Begin(runStarted));
    while (!finished) {
      Letter letter = next();
      if (letter != null) {
        if (letter.before() != null) {
          letter.before().run();
        }
        if (letter.message() != null) {
          step(dispatcher, letter.message());
        }
      }
    }
    return worked ? Optional.of(dispatcher.learned()) : Optional.empty();
  }

  private @Nullable Letter next() throws InterruptedException {
    Alarm alarm = alarms.peek();
    Duration wait = alarm == null ? LONGEST_WAIT : Duration.between(clock.instant(), alarm.at());
    if (!wait.isPositive()) {
      alarms.remove();
      return new Letter(null, new Message.TimerFired(alarm.timer()));
    }
    return inbox.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void step(Dispatcher dispatcher, Message message) {
    for (Action action : dispatcher.step(message, clock.instant())) {
      carryOut(action);
    }
  }

  private void carryOut(Action action) {
    switch (action) {
      case Action.Emit(RunEvent event) -> events.accept(event);
      case Action.StartSandbox(SandboxId sandbox) -> {
        SandboxSession session = new SandboxSession(sandbox, context, this::post);
        sessions.put(sandbox, session);
        session.start();
      }
      case Action.RunBatch order -> {
        worked = true;
        session(order.sandbox()).run(order);
      }
      case Action.CancelBatch order -> session(order.sandbox()).cancel(order);
      case Action.CloseSandbox(SandboxId sandbox) -> session(sandbox).close();
      case Action.SetTimer(Message.Timer timer, Instant at) ->
          alarms.add(new Alarm(at, alarmsSet++, timer));
      case Action.Finish _ -> finished = true;
    }
  }

  private SandboxSession session(SandboxId sandbox) {
    SandboxSession session = sessions.get(sandbox);
    if (session == null) {
      throw new IllegalStateException(
          "the dispatcher uses " + sandbox + ", which it never started");
    }
    return session;
  }
}
