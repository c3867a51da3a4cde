package dev.offload.provider.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Event;
import dev.offload.api.sandbox.Death;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Learn of the deaths of one provider's containers from the engine's stream of events: one
/// connection for all of them.
///
/// When the stream breaks, the engine itself is asked: an engine that does not answer has no living
/// sandboxes any more, one that does is asked about each.
final class Deaths {
  private static final long PAUSE_MILLIS = 200;
  private static final int TRIES = 5;

  private final Engine engine;
  private final String watcher;
  private final long memoryBytes;
  private final Map<String, Consumer<Death>> watched = new ConcurrentHashMap<>();
  private volatile @Nullable Closeable stream;
  private volatile boolean closed;

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

  /// Tell of the death of a container, once.
  void watch(String container, Consumer<Death> listener) {
    watched.put(container, listener);
  }

  void forget(String container) {
    watched.remove(container);
  }

  private void listen(CountDownLatch listening) {
    while (!closed) {
      Stream events = new Stream(listening);
      try {
        stream = events;
        engine
            .client()
            .eventsCmd()
            .withLabelFilter(Map.of(Labels.WATCHER, watcher))
            .withEventFilter("die", "oom", "destroy")
            .exec(events);
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
      if (!closed) {
        askAboutAll();
      }
    }
  }

  private void askAboutAll() {
    if (!engineAnswers()) {
      Death death = Death.of(Death.Cause.LOST, "the Docker engine does not answer any more");
      List.copyOf(watched.keySet()).forEach(container -> tell(container, death));
      pause();
      return;
    }
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
    try {
      ContainerState state = engine.client().inspectContainerCmd(container).exec().getState();
      return Boolean.TRUE.equals(state.getRunning()) ? null : death(state);
    } catch (NotFoundException _) {
      return Death.of(Death.Cause.EVICTED, "the container was removed");
    } catch (DockerException _) {
      return null;
    } catch (RuntimeException _) {
      return null;
    }
  }

  private Death death(ContainerState state) {
    Long code = state.getExitCodeLong();
    OptionalInt exit = code == null ? OptionalInt.empty() : OptionalInt.of(code.intValue());
    if (Boolean.TRUE.equals(state.getOOMKilled()) && exit.orElse(0) != 0) {
      return new Death(Death.Cause.OUT_OF_MEMORY, exit, memoryAdvice());
    }
    String error = Objects.requireNonNullElse(state.getError(), "");
    return new Death(Death.Cause.EXITED, exit, error);
  }

  private String memoryAdvice() {
    return memoryBytes > 0
        ? "the container's limit of %d MB was reached; raise [provider] memory_gb"
            .formatted(memoryBytes >> 20)
        : "the machine had no more memory; lower max_parallel";
  }

  private void tell(String container, Death death) {
    Consumer<Death> listener = watched.remove(container);
    if (listener != null) {
      listener.accept(death);
    }
  }

  private void take(Event event) {
    String container = event.getId();
    if (container == null || "oom".equals(event.getAction())) {
      return; // one process of many ran out of memory: the sandbox itself lives, or "die" follows
    }
    @Nullable Death known = deathOf(container);
    tell(container, known == null ? Death.of(Death.Cause.EXITED, "") : known);
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
    private final CountDownLatch listening;

    Stream(CountDownLatch listening) {
      this.listening = listening;
    }

    @Override
    public void onStart(Closeable open) {
      super.onStart(open);
      listening.countDown();
    }

    @Override
    public void onNext(Event event) {
      take(event);
    }
  }
}
