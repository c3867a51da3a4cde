package dev.offload.provider.docker;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.shell.Uninterrupted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Remove containers with what runs in them.
///
/// An engine can hang in this for ever, with every other operation on the same container: one that
/// was paused in the moment in which a command began in it, for example. So nothing waits longer
/// than [#LONGEST], and what could not be removed is named.
final class Removal {
  /// How long the engine may take for one container.
  private static final Duration LONGEST = Duration.ofSeconds(8);

  private static final long LOOK_MILLIS = 50;

  private Removal() {}

  /// Remove one; one that is not there is well.
  ///
  /// @throws SandboxException.Transient when the engine did not do it, or not in time
  static void remove(Engine engine, String container) throws SandboxException {
    remove(engine, container, LONGEST);
  }

  private static void remove(Engine engine, String container, Duration longest)
      throws SandboxException {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          carryOut(engine, container);
          return true;
        });
    Thread removing = Thread.ofVirtual().name("remove " + container).start(task);
    boolean done =
        Uninterrupted.get(() -> {
          try {
            return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
          } catch (TimeoutException _) {
            return false;
          } catch (ExecutionException e) {
            throw Uninterrupted.failure(e);
          }
        });
    if (!done) {
      removing.interrupt();
      throw new SandboxException.Transient(
          "the Docker engine did not remove it within " + longest.toSeconds() + " s", null);
    }
  }

  private static void carryOut(Engine engine, String container)
      throws SandboxException, InterruptedException {
    try {
      engine.call(() ->
          engine
              .client()
              .removeContainerCmd(container)
              .withForce(true)
              .withRemoveVolumes(true)
              .exec());
    } catch (Engine.Gone _) {
      // It is not there, or somebody is removing it already, which may hang as well.
      while (isThere(engine, container)) {
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static boolean isThere(Engine engine, String container) throws SandboxException {
    try {
      engine.call(() -> engine.client().inspectContainerCmd(container).exec());
      return true;
    } catch (Engine.Gone _) {
      return false;
    }
  }

  /// Remove several at once.
  ///
  /// @throws SandboxException.Transient naming those that may still be there
  static void removeAll(Engine engine, Collection<String> containers) throws SandboxException {
    removeAll(engine, containers, LONGEST);
  }

  /// Remove several at once.
  ///
  /// @param longest how long the engine may take
  static void removeAll(Engine engine, Collection<String> containers, Duration longest)
      throws SandboxException {
    Map<String, Future<Optional<String>>> removals = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String container : containers) {
        removals.put(container, threads.submit(() -> problem(engine, container, longest)));
      }
    }
    List<String> left = new ArrayList<>();
    Set<String> problems = new LinkedHashSet<>();
    removals.forEach((container, removal) ->
        removal
            .resultNow()
            .ifPresent(problem -> {
              left.add(shortly(container));
              problems.add(problem);
            }));
    if (!left.isEmpty()) {
      throw new SandboxException.Transient(
          "containers that may still be there: %s (%s). Once the engine can: docker rm -f %s"
              .formatted(
                  String.join(", ", left), String.join("; ", problems), String.join(" ", left)),
          null);
    }
  }

  private static Optional<String> problem(Engine engine, String container, Duration longest) {
    try {
      remove(engine, container, longest);
      return Optional.empty();
    } catch (SandboxException e) {
      return Optional.of(e.getMessage());
    }
  }

  /// Return what `docker ps` shows of an id.
  private static String shortly(String container) {
    return container.substring(0, Math.min(12, container.length()));
  }
}
