package dev.offload.engine.session;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.engine.config.OffloadConfig.SilenceSettings;
import dev.offload.engine.dispatch.Action;
import dev.offload.engine.dispatch.Message;
import dev.offload.engine.dispatch.Message.StartFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Live the life of one sandbox on a virtual thread of its own: start it, run its batches one after
/// the other, close it.
///
/// Beside it two more threads wait: one for the sandbox's death, one for its silence while a batch
/// runs. Whoever learns of the death first says so once; from then on no operation is started on
/// the sandbox except one close.
public final class SandboxSession {
  /// What a dead sandbox still sent may be read for so long before its death is reported.
  private static final Duration DRAIN = Duration.ofMillis(200);

  private final SandboxId id;
  private final SessionContext context;
  private final Consumer<Message> inbox;
  private final BlockingQueue<Action.RunBatch> orders = new ArrayBlockingQueue<>(1);
  private final AtomicReference<@Nullable Death> death = new AtomicReference<>();

  /// The built files the sandbox has; belongs to its thread.
  private final Set<String> builtFiles = new HashSet<>();

  private final Thread thread;
  private volatile @Nullable BatchRun running;
  private volatile CountDownLatch idle = new CountDownLatch(0);
  private volatile boolean closing;

  /// Make it; [#start] begins its life.
  ///
  /// @param inbox takes what happens; may block
  public SandboxSession(SandboxId id, SessionContext context, Consumer<Message> inbox) {
    this.id = id;
    this.context = context;
    this.inbox = inbox;
    this.thread = Thread.ofVirtual().name(id.toString()).unstarted(this::live);
  }

  /// Begin.
  public void start() {
    thread.start();
  }

  /// Run a batch after the one that runs now, if any.
  public void run(Action.RunBatch order) {
    orders.add(order);
  }

  /// End the running batch, if it is this one.
  public void cancel(Action.CancelBatch order) {
    BatchRun current = running;
    if (current != null && current.batch().equals(order.batch())) {
      Thread.ofVirtual().name(id + "-cancel").start(() -> cancel(current, order.diagnose()));
    }
  }

  /// Close the sandbox, whatever it does.
  public void close() {
    closing = true;
    thread.interrupt();
  }

  private void live() {
    Sandbox sandbox;
    try {
      sandbox = begin();
    } catch (InterruptedException _) {
      inbox.accept(new Message.SandboxClosed(id, ""));
      return;
    } catch (SandboxException e) {
      inbox.accept(
          closing
              ? new Message.SandboxClosed(id, "")
              : new Message.SandboxStartFailed(id, sorted(e)));
      return;
    }
    Thread watch = Thread.ofVirtual().name(id + "-death").start(() -> awaitDeath(sandbox));
    Thread silence = Thread.ofVirtual().name(id + "-silence").start(() -> listen(sandbox));
    inbox.accept(new Message.SandboxReady(id, sandbox.handle(), sandbox.host().orElse("")));
    WarmSlot warm = new WarmSlot(context, sandbox);
    boolean idle = work(sandbox, warm);
    silence.interrupt();
    // The interruption that ended the work must not cut the closing short.
    boolean _ = Thread.interrupted();
    warm.close(idle && death.get() == null);
    inbox.accept(new Message.SandboxClosed(id, end(sandbox)));
    watch.interrupt();
  }

  private Sandbox begin() throws SandboxException, InterruptedException {
    SandboxSpec spec = new SandboxSpec(id, context.runId());
    RunImage.Edition image = context.image().now();
    while (true) {
      try {
        return context.provider().start(image.image(), spec);
      } catch (SandboxException.ImageGone e) {
        image = context.image().again(image, e);
      } catch (RuntimeException e) {
        throw new SandboxException.Fatal("internal error while a sandbox was started: " + e, e);
      }
    }
  }

  private static StartFailure sorted(SandboxException e) {
    return switch (e) {
      case SandboxException.Transient _, SandboxException.SandboxDead _ ->
          new StartFailure.Failed(e.getMessage());
      case SandboxException.Unavailable wait ->
          new StartFailure.Unavailable(e.getMessage(), wait.retryAfter());
      case SandboxException.Fatal _, SandboxException.ImageGone _ ->
          new StartFailure.Fatal(e.getMessage());
    };
  }

  /// Run batches until the sandbox is closed.
  ///
  /// @return whether no batch was cut short by that
  private boolean work(Sandbox sandbox, WarmSlot warm) {
    while (!closing) {
      boolean idle = true;
      try {
        Action.RunBatch order = orders.take();
        idle = false;
        if (death.get() == null) {
          runBatch(sandbox, warm, order);
        }
      } catch (InterruptedException _) {
        // Closing, or the sandbox died: the loop's condition and the closing order tell which.
        if (closing) {
          return idle;
        }
      }
    }
    return true;
  }

  private void runBatch(Sandbox sandbox, WarmSlot warm, Action.RunBatch order)
      throws InterruptedException {
    BatchRun batch = new BatchRun(context, sandbox, builtFiles, warm, order, inbox);
    CountDownLatch done = new CountDownLatch(1);
    idle = done;
    running = batch;
    try {
      try {
        batch.run();
      } finally {
        // Over before anything is said of it: nobody waits for it or interrupts it any more.
        running = null;
        done.countDown();
      }
    } catch (SandboxException.SandboxDead e) {
      die(e.death());
    } catch (SandboxException.Fatal e) {
      inbox.accept(new Message.Cancel(e.getMessage()));
    } catch (SandboxException e) {
      die(Death.of(Death.Cause.LOST, e.getMessage()));
    } catch (RuntimeException | Error e) {
      // A mistake of ours or of a plug-in: without an answer the run would wait for ever.
      inbox.accept(new Message.Cancel("internal error in " + id + ", " + order.batch() + ": " + e));
    }
  }

  private void cancel(BatchRun batch, boolean diagnose) {
    try {
      batch.cancel(diagnose);
    } catch (SandboxException.SandboxDead e) {
      die(e.death());
    } catch (SandboxException e) {
      // The dispatcher gives the sandbox up when the cancel is not answered in time.
      System.getLogger(SandboxSession.class.getName())
          .log(System.Logger.Level.DEBUG, "cancel in " + id + " failed", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitDeath(Sandbox sandbox) {
    try {
      die(sandbox.awaitDeath());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// State the death once. What the sandbox sent before is delivered first, as far as it arrives
  /// soon; of one that is lost nothing arrives.
  private void die(Death cause) {
    if (closing || !death.compareAndSet(null, cause)) {
      return;
    }
    if (cause.cause() != Death.Cause.LOST) {
      try {
        boolean _ = idle.await(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    if (running != null) {
      thread.interrupt();
    }
    inbox.accept(new Message.SandboxDied(id, cause));
  }

  /// Watch the silence of running batches: first suspect, then ask, in the end give up.
  private void listen(Sandbox sandbox) {
    SilenceSettings limits = context.silence();
    SilenceWatch watch = new SilenceWatch(limits);
    Duration ours = Duration.ZERO;
    Duration silence = Duration.ZERO;
    try {
      while (!closing && death.get() == null) {
        Duration pause = watch.pause(silence);
        long before = System.nanoTime();
        Thread.sleep(pause);
        BatchRun current = running;
        silence = current == null ? Duration.ZERO : current.silence();
        if (current == null || silence.compareTo(limits.heartbeat()) < 0) {
          ours = Duration.ZERO;
        }
        // When we ourselves stood still (a suspended machine, a long pause) the silence is ours,
        // not the sandbox's.
        Duration late = Duration.ofNanos(System.nanoTime() - before).minus(limits.heartbeat());
        ours = late.isPositive() ? ours.plus(late) : ours;
        silence = silence.minus(ours);
        boolean transferring = current != null && !current.transferTime().isZero();
        switch (watch.look(silence, transferring)) {
          case NOTHING -> {}
          case ASK -> ask(sandbox, current, watch);
          case SUSPECT ->
              inbox.accept(
                  new Message.SandboxSuspected(id, "no sign of life for " + seconds(silence)));
          case HEARD -> inbox.accept(new Message.SandboxHeard(id));
        }
        if (isLost(current, silence)) {
          die(Death.of(Death.Cause.LOST, "no sign of life for " + seconds(silence)));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// A file on its way has no heartbeat: it gets twice the time while the provider cannot tell, and
  /// as long as any operation may take while the provider says that the sandbox lives.
  private boolean isLost(@Nullable BatchRun batch, Duration silence) {
    Duration transfer = batch == null ? Duration.ZERO : batch.transferTime();
    Duration lost = context.silence().lost();
    return transfer.isZero()
        ? silence.compareTo(lost) >= 0
        : silence.compareTo(lost.multipliedBy(2)) >= 0
            || transfer.compareTo(context.retry().deadline()) >= 0;
  }

  private void ask(Sandbox sandbox, @Nullable BatchRun batch, SilenceWatch watch) {
    Thread.ofVirtual()
        .name(id + "-poll")
        .start(() -> {
          try {
            switch (sandbox.poll()) {
              case Liveness.Dead(Death cause) -> die(cause);
              case Liveness.Alive() -> {
                watch.saidToLive();
                if (batch != null) {
                  batch.lives();
                }
              }
              case Liveness.Unknown _ -> watch.nobodyKnows();
            }
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }

  private static String end(Sandbox sandbox) {
    // An interruption that was meant for the batch must not cut the closing short.
    boolean _ = Thread.interrupted();
    try {
      sandbox.close();
      return "";
    } catch (SandboxException e) {
      return e.getMessage();
    } catch (RuntimeException e) {
      return "internal error: " + e;
    }
  }
}
