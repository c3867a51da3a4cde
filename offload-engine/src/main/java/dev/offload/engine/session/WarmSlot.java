package dev.offload.engine.session;

import dev.offload.api.event.BatchId;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.WarmProtocol;
import dev.offload.api.framework.WarmStep;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.engine.config.OffloadConfig.WarmSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Own the warm processes of one sandbox, at most one for each framework. Belongs to the sandbox's
/// thread.
final class WarmSlot {
  /// How long a process may take to tear down and end when it is replaced.
  private static final Duration REPLACED = Duration.ofSeconds(30);

  /// The same at the end of its sandbox; shorter than the dispatcher waits for a closed sandbox.
  private static final Duration CLOSED = Duration.ofSeconds(5);

  private static final Duration KILL_PATIENCE = Duration.ofSeconds(2);
  private static final int SIGTERM = 15;

  private final SessionContext context;
  private final Sandbox sandbox;
  private final Map<TestFramework, WarmProcess> processes = new HashMap<>();
  private int started;

  WarmSlot(SessionContext context, Sandbox sandbox) {
    this.context = context;
    this.sandbox = sandbox;
  }

  /// What to place for a batch and which process runs it then.
  ///
  /// @param number of the order, as the process counts
  record Order(WarmProcess process, int number, String text) {
    List<String> builtFiles() {
      return process.isNew() ? process.start().builtFiles() : List.of();
    }

    List<PlacedFile> files(BatchId batch) {
      List<PlacedFile> files = new ArrayList<>();
      if (process.isNew()) {
        files.addAll(process.start().files());
      }
      files.add(file(number, batch.toString(), text));
      return files;
    }
  }

  private static PlacedFile file(int number, String batch, String text) {
    return new PlacedFile(
        WarmProtocol.orderFile(number), batch + "\n" + text + "\n" + WarmProtocol.END + "\n");
  }

  /// Return the order for a batch to the process that runs or to a new one; nothing when the batch
  /// needs a process of its own.
  ///
  /// @param request makes the request for a private folder
  Optional<Order> order(
      TestFramework framework,
      Function<String, ExecutionRequest> request,
      List<Integer> tests,
      WarmSettings settings)
      throws SandboxException, InterruptedException {
    WarmProcess running = processes.get(framework);
    if (running != null) {
      Optional<WarmStep> step = framework.warm(request.apply(running.folder()));
      if (step.isEmpty()) {
        return Optional.empty();
      }
      if (running.takes(step.get().start(), tests, settings)) {
        return Optional.of(new Order(running, running.nextOrder(), step.get().order()));
      }
      processes.remove(framework);
      replace(running);
    }
    String folder = sandbox.scratch() + "/warm-" + ++started;
    return framework
        .warm(request.apply(folder))
        .map(step -> {
          WarmProcess process =
              new WarmProcess(
                  sandbox, step.start(), folder, context.silence().heartbeat(), this::note);
          processes.put(framework, process);
          return new Order(process, process.nextOrder(), step.order());
        });
  }

  private void note(String text) {
    context.warnings().accept(sandbox.id() + ": " + text);
  }

  private void replace(WarmProcess process) throws SandboxException, InterruptedException {
    stop(process);
    if (!process.awaitEnd(REPLACED)) {
      process.command().end(SIGTERM, KILL_PATIENCE);
      letGo(process);
    }
  }

  /// Ask a process to end itself in good order.
  private void stop(WarmProcess process) throws SandboxException, InterruptedException {
    if (!process.awaitEnd(Duration.ZERO)) {
      PlacedFile order = file(process.nextOrder(), "", WarmProtocol.STOP);
      Placing.place(sandbox, process.folder(), order);
    }
  }

  /// Forget a process that was told to end at once.
  void drop(WarmProcess process) throws InterruptedException {
    processes.values().remove(process);
    letGo(process);
  }

  private static void letGo(WarmProcess process) throws InterruptedException {
    if (!process.awaitEnd(KILL_PATIENCE.multipliedBy(2))) {
      process.release();
    }
  }

  /// End all processes: in good order where the sandbox lives and nothing runs, else at once.
  void close(boolean inGoodOrder) {
    try {
      if (inGoodOrder) {
        long deadline = System.nanoTime() + CLOSED.toNanos();
        for (WarmProcess process : processes.values()) {
          stop(process);
        }
        for (WarmProcess process : processes.values()) {
          process.awaitEndWhileHeard(deadline, context.silence().lost().dividedBy(2));
        }
      }
    } catch (SandboxException e) {
      // It is about to be closed, which ends what runs in it.
      System.getLogger(WarmSlot.class.getName())
          .log(
              System.Logger.Level.DEBUG, "ending a warm process in " + sandbox.id() + " failed", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    processes.values().forEach(WarmProcess::release);
    processes.clear();
  }
}
