package dev.offload.provider.modal;

import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.DeathLatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Ask Modal for things, through one Python process that is started when it is first needed.
///
/// When that process ends by itself it is started once more and takes the living sandboxes over;
/// the second time is the end, and a last process is started only to end the sandboxes.
final class Bridge {
  private static final Duration QUICKLY = Duration.ofSeconds(30);

  private final ModalSettings settings;
  private final Path directory;
  private final Map<String, DeathLatch> sandboxes = new ConcurrentHashMap<>();
  private final ReentrantLock starting = new ReentrantLock();
  private volatile @Nullable BridgeProcess current;
  private volatile SandboxException.@Nullable Fatal broken;
  private volatile boolean everStarted;
  private volatile boolean closed;
  private volatile @Nullable BridgeProcess last;
  private volatile @Nullable Thread restarting;
  private boolean lastTried;
  private int ends;

  Bridge(ModalSettings settings, Path directory) {
    this.settings = settings;
    this.directory = directory;
  }

  /// One request.
  ///
  /// @param op what to do
  /// @param longest a safety net: the bridge has limits of its own
  record Request(String op, Map<String, ?> arguments, Duration longest) {}

  /// Send a request and wait for its answer. Interruption cancels it.
  Map<?, ?> ask(Request request) throws SandboxException, InterruptedException {
    return ask(request, OutputSink.discard(), _ -> {}, _ -> {});
  }

  /// Send a request, take what comes before its answer, and wait for that. Interruption cancels it.
  ///
  /// @param begun is given the request, so that it can be ended from outside
  Map<?, ?> ask(Request request, OutputSink output, Consumer<String> progress, Consumer<Call> begun)
      throws SandboxException, InterruptedException {
    return ask(process(), request, output, progress, begun);
  }

  private static Map<?, ?> ask(
      BridgeProcess process,
      Request request,
      OutputSink output,
      Consumer<String> progress,
      Consumer<Call> begun)
      throws SandboxException, InterruptedException {
    Call call = process.begin(request.op(), request.arguments());
    boolean answered = false;
    try {
      begun.accept(call);
      Map<?, ?> answer = call.answer(output, progress, request.longest(), process::send);
      answered = true;
      return answer;
    } catch (SandboxException e) {
      answered = !(e instanceof SandboxException.Transient);
      throw e;
    } finally {
      if (!answered) {
        process.cancel(call);
      }
      process.finish(call);
    }
  }

  /// Send a request that ends sandboxes, and wait for its answer: also when nothing else can be
  /// asked any more.
  Map<?, ?> askToEnd(Request request) throws SandboxException, InterruptedException {
    return ask(processToEnd(), request, OutputSink.discard(), _ -> {}, _ -> {});
  }

  /// Return whether there was ever somebody to ask.
  boolean isStarted() {
    return everStarted;
  }

  private BridgeProcess process() throws SandboxException, InterruptedException {
    Thread restart = restarting;
    if (restart != null) {
      restart.join();
    }
    BridgeProcess running = current;
    if (running != null && broken == null) {
      return running;
    }
    starting.lockInterruptibly();
    try {
      SandboxException.Fatal end = broken;
      if (end != null) {
        throw end;
      }
      if (closed) {
        throw new SandboxException.Transient("the provider was closed", null);
      }
      running = current;
      if (running == null) {
        running = start();
        current = running;
        everStarted = true;
      }
      return running;
    } finally {
      starting.unlock();
    }
  }

  private BridgeProcess processToEnd() throws SandboxException, InterruptedException {
    try {
      return process();
    } catch (SandboxException.Fatal e) {
      starting.lockInterruptibly();
      try {
        if (last == null) {
          if (closed || broken == null || lastTried) {
            throw e;
          }
          lastTried = true;
          last = start();
        }
        return last;
      } finally {
        starting.unlock();
      }
    }
  }

  private BridgeProcess start() throws SandboxException, InterruptedException {
    BridgeCommand command = BridgeCommand.find(settings.sdk(), directory, System.getenv());
    BridgeProcess started = BridgeProcess.start(command, this::event, this::ended);
    boolean usable = false;
    try {
      Request lookup =
          new Request(
              "lookup",
              Map.of(
                  "app", settings.appName(),
                  "environment", settings.environment(),
                  "secrets", settings.secrets(),
                  "volumes", settings.volumes().values().stream().distinct().toList()),
              Duration.ofMinutes(2));
      Map<?, ?> _ = ask(started, lookup, OutputSink.discard(), _ -> {}, _ -> {});
      usable = true;
    } finally {
      if (!usable) {
        started.end(Duration.ofSeconds(1));
      }
    }
    return started;
  }

  private void event(Map<String, Object> message) {
    if (Reply.text(message, "ev").equals("dead")) {
      latch(Reply.text(message, "sandbox")).tell(Reply.death(message));
    }
  }

  /// Return where the death of a sandbox is told. Asked for before the sandbox is known it is kept,
  /// so that no death is too early.
  DeathLatch latch(String sandbox) {
    return sandboxes.computeIfAbsent(sandbox, _ -> new DeathLatch());
  }

  /// Forget a sandbox.
  void forget(String sandbox) {
    sandboxes.remove(sandbox);
  }

  private void ended(BridgeProcess process) {
    if (process == current && !closed) {
      restarting = Thread.ofVirtual().name("modal-bridge-restart").start(() -> restart(process));
    }
  }

  /// Start again, once, and hand the sandboxes over.
  private void restart(BridgeProcess old) {
    starting.lock();
    try {
      if (closed || current != old) {
        return;
      }
      ends++;
      if (ends > 1) {
        broken = secondEnd(old);
        return;
      }
      // Until the sandboxes are handed over nobody may ask the new one for them.
      current = null;
      BridgeProcess fresh = start();
      attachAll(fresh);
      current = fresh;
    } catch (SandboxException e) {
      broken = new SandboxException.Fatal(e.getMessage() + old.lastWords(), e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      starting.unlock();
    }
  }

  private void attachAll(BridgeProcess fresh) throws InterruptedException {
    List<Thread> attaching = new ArrayList<>();
    sandboxes.forEach((sandbox, death) -> {
      if (death.now().isEmpty()) {
        attaching.add(Thread.ofVirtual().start(() -> attach(fresh, sandbox, death)));
      }
    });
    for (Thread thread : attaching) {
      thread.join();
    }
  }

  private static SandboxException.Fatal secondEnd(BridgeProcess old) throws InterruptedException {
    return new SandboxException.Fatal(
        "the bridge to Modal ended by itself, for the second time ("
            + old.endInWords()
            + ")"
            + old.lastWords(),
        null);
  }

  private static void attach(BridgeProcess fresh, String sandbox, DeathLatch death) {
    try {
      Request attach = new Request("attach", Map.of("sandbox", sandbox), QUICKLY);
      Map<?, ?> _ = ask(fresh, attach, OutputSink.discard(), _ -> {}, _ -> {});
    } catch (SandboxException.SandboxDead e) {
      death.tell(e.death());
    } catch (SandboxException e) {
      death.tell(Death.of(Death.Cause.LOST, "it was not found again: " + e.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// End the process; its sandboxes are to be ended before.
  void close(Duration patience) {
    closed = true;
    for (BridgeProcess process : new BridgeProcess[] {current, last}) {
      if (process != null) {
        process.end(patience);
      }
    }
  }
}
