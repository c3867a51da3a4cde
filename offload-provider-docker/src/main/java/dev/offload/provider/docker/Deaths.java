package dev.offload.provider.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Learn of the deaths of one provider's containers from the engine's stream of events: one
/// connection for all of them.
///
/// When the stream breaks, the engine itself is asked: an engine that does not answer has no living
/// sandboxes any more, one that does is listened to again and asked about each.
final class Deaths {
  /// What the main process of a container exits with when it is asked to end.
  static final int STOPPED = 143;

  private static final int KILLED = 137;
  private static final long PAUSE_MILLIS = 200;
  private static final int TRIES = 5;

  /// How long after a process the container may end of the same lack of memory.
  private static final Duration SAME_SHORTAGE = Duration.ofSeconds(2);

  private final Engine engine;
  private final String watcher;
  private final long memoryBytes;
  private final Map<String, Watcher> watched = new ConcurrentHashMap<>();

  /// When a process of a container was last killed for want of memory, by the engine's clock.
  private final Map<String, Instant> shortages = new ConcurrentHashMap<>();

  private volatile @Nullable Closeable stream;
  private volatile boolean closed;

  /// Learn what happens to one container.
  interface Watcher {
    /// It is dead; told once.
    void died(Death death);

    /// The kernel killed one of its processes for want of memory, which may be its main one.
    void lackedMemory(String advice);
  }

  /// Make it; [#start] begins.
  ///
  /// @param watcher what the containers carry as [Labels#WATCHER]
  /// @param memoryBytes the limit of each, for the message when it is reached
  Deaths(Engine engine, String watcher, long memoryBytes) {
    this.engine = engine;
    this.watcher = watcher;
    this.memoryBytes = memoryBytes;
  }

  /// Begin, and return when no later death can be missed.
  void start() throws InterruptedException {
    CountDownLatch listening = new CountDownLatch(1);
    Thread.ofPlatform().daemon().name("docker-events").start(() -> listen(listening));
    listening.await();
  }

  /// Tell of what happens to a container, until it is dead.
  void watch(String container, Watcher watcher) {
    watched.put(container, watcher);
  }

  void forget(String container) {
    watched.remove(container);
    shortages.remove(container);
  }

  private void listen(CountDownLatch listening) {
    while (!closed) {
      Stream events = new Stream();
      try {
        stream = events;
        engine
            .client()
            .eventsCmd()
            .withLabelFilter(Map.of(Labels.WATCHER, watcher))
            .withEventFilter("die", "oom", "destroy")
            .exec(events);
        events.awaitBegin();
        listening.countDown();
        // What happened while nobody listened.
        askAboutAll();
        events.awaitCompletion();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        System.getLogger(Deaths.class.getName())
            .log(System.Logger.Level.DEBUG, "the stream of events ended", e);
      } finally {
        listening.countDown();
      }
      if (!closed && !engineAnswers()) {
        Death death = Death.of(Death.Cause.LOST, "the Docker engine does not answer any more");
        List.copyOf(watched.keySet()).forEach(container -> tell(container, death));
        pause();
      }
    }
  }

  private void askAboutAll() {
    for (String container : List.copyOf(watched.keySet())) {
      @Nullable Death death = deathOf(container);
      if (death != null) {
        tell(container, death);
      }
    }
  }

  private boolean engineAnswers() {
    for (int i = 0; i < TRIES && !closed; i++) {
      if (engine.answers()) {
        return true;
      }
      pause();
    }
    return false;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Return what the engine says of a container's death, or null while it lives or nothing is
  /// known.
  @Nullable Death deathOf(String container) {
    return look(container) instanceof Liveness.Dead(Death death) ? death : null;
  }

  /// Return what the engine says of a container now. Of one that somebody paused nobody can say
  /// whether it will ever go on.
  Liveness look(String container) {
    try {
      ContainerState state = engine.client().inspectContainerCmd(container).exec().getState();
      if (Boolean.TRUE.equals(state.getPaused())) {
        return new Liveness.Unknown("the container is paused");
      }
      boolean lives =
          Boolean.TRUE.equals(state.getRunning()) || "created".equals(state.getStatus());
      return lives ? new Liveness.Alive() : new Liveness.Dead(death(container, state));
    } catch (NotFoundException _) {
      return new Liveness.Dead(Death.of(Death.Cause.EVICTED, "the container was removed"));
    } catch (RuntimeException e) {
      return new Liveness.Unknown("the Docker engine does not answer: " + e.getMessage());
    }
  }

  private Death death(String container, ContainerState state) {
    Long code = state.getExitCodeLong();
    OptionalInt exit = code == null ? OptionalInt.empty() : OptionalInt.of(code.intValue());
    if (Boolean.TRUE.equals(state.getOOMKilled())
        && exit.orElse(0) != 0
        && endedWith(shortages.get(container), state.getFinishedAt())) {
      return new Death(Death.Cause.OUT_OF_MEMORY, exit, memoryAdvice());
    }
    String error = Objects.requireNonNullElse(state.getError(), "");
    return new Death(Death.Cause.EXITED, exit, error.isEmpty() ? inWords(exit.orElse(0)) : error);
  }

  private static String inWords(int exit) {
    return switch (exit) {
      case STOPPED -> "the container was stopped, alone or with the Docker engine";
      case KILLED -> "the container was killed from outside";
      default -> "";
    };
  }

  /// Return whether a container ended in a shortage: the engine marks it for good when any of its
  /// processes was killed for want of memory, also when it ends of something else much later.
  static boolean endedWith(@Nullable Instant shortage, @Nullable String end) {
    if (shortage == null || end == null) {
      return true;
    }
    try {
      return Duration.between(shortage, Instant.parse(end)).compareTo(SAME_SHORTAGE) < 0;
    } catch (DateTimeParseException _) {
      return true;
    }
  }

  private String memoryAdvice() {
    return memoryBytes > 0
        ? "the container's limit of %d MB was reached; raise [provider] memory_gb"
            .formatted(memoryBytes >> 20)
        : "the machine had no more memory; lower max_parallel";
  }

  private void tell(String container, Death death) {
    Watcher watcher = watched.remove(container);
    if (watcher != null) {
      watcher.died(death);
    }
  }

  private void take(Event event) {
    String container = event.getId();
    if (container == null) {
      return;
    }
    if ("oom".equals(event.getAction())) {
      lackedMemory(container, event);
      return;
    }
    @Nullable Death known = deathOf(container);
    tell(container, known == null ? deathIn(event) : known);
  }

  /// The engine may be ending itself, and then answers no question about the container.
  private static Death deathIn(Event event) {
    EventActor actor = event.getActor();
    Map<String, String> attributes = actor == null ? null : actor.getAttributes();
    String code = attributes == null ? "" : attributes.getOrDefault("exitCode", "");
    if (!code.matches("[0-9]{1,3}")) {
      return Death.of(Death.Cause.EXITED, "");
    }
    int exit = Integer.parseInt(code);
    return new Death(Death.Cause.EXITED, OptionalInt.of(exit), inWords(exit));
  }

  /// One process of many was killed: the sandbox itself lives, or "die" follows.
  private void lackedMemory(String container, Event event) {
    Watcher watcher = watched.get(container);
    Long at = event.getTimeNano();
    if (watcher != null) {
      shortages.put(container, at == null ? Instant.now() : Instant.ofEpochSecond(0, at));
      watcher.lackedMemory(memoryAdvice());
    }
  }

  void close() {
    closed = true;
    Closeable open = stream;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        System.getLogger(Deaths.class.getName())
            .log(System.Logger.Level.DEBUG, "the stream of events did not close", e);
      }
    }
  }

  private final class Stream extends ResultCallback.Adapter<Event> {
    private final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public void onStart(Closeable open) {
      super.onStart(open);
      begun.countDown();
    }

    @Override
    public void onNext(Event event) {
      take(event);
    }

    @Override
    public void close() throws IOException {
      super.close();
      begun.countDown();
    }

    /// Wait until nothing can be missed any more, or it is over.
    void awaitBegin() throws InterruptedException {
      begun.await();
    }
  }
}
