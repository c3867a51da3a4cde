package dev.offload.engine.session;

import dev.offload.api.command.Exit;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.WarmProtocol;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.engine.config.OffloadConfig.WarmSettings;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keep one test process of a sandbox for many batches; see [WarmProtocol].
///
/// The command runs on a thread of its own. [#run] and what asks for the state belong to the
/// sandbox's thread.
final class WarmProcess {
  /// How long the rest of standard error may take after standard output has told the end of a
  /// batch.
  private static final Duration STRAGGLER = Duration.ofMillis(250);

  private static final Duration LOOK = Duration.ofMillis(50);

  private final Step start;
  private final String folder;
  private final WrappedCommand command;
  private final Consumer<String> notes;
  private final Thread thread;
  private final CompletableFuture<Exit> end = new CompletableFuture<>();
  private final BitSet ran = new BitSet();
  private volatile @Nullable Answer awaited;
  private volatile @Nullable BatchOutput stdout;
  private volatile @Nullable BatchOutput stderr;
  private volatile int memory;
  private volatile long lastHeard = System.nanoTime();
  private int orders;

  /// The answer to one order. Both parts have come when all output of the batch has.
  private record Answer(
      int number, CompletableFuture<Exit> onStdout, CompletableFuture<Boolean> onStderr) {}

  /// Make it; the first order starts it.
  ///
  /// @param folder its private folder in the sandbox
  /// @param beat the pause between signs of life
  /// @param notes takes what it tells the user
  WarmProcess(Sandbox sandbox, Step start, String folder, Duration beat, Consumer<String> notes) {
    this.start = start;
    this.folder = folder;
    this.command = new WrappedCommand(sandbox, beat);
    this.notes = notes;
    this.thread = Thread.ofVirtual().name(sandbox.id() + "-warm").unstarted(this::live);
  }

  String folder() {
    return folder;
  }

  WrappedCommand command() {
    return command;
  }

  Step start() {
    return start;
  }

  boolean isNew() {
    return orders == 0;
  }

  int nextOrder() {
    return orders + 1;
  }

  /// Return whether it lives and may run these tests.
  boolean takes(Step wanted, List<Integer> tests, WarmSettings settings) {
    return !end.isDone()
        && start.equals(wanted)
        && tests.stream().noneMatch(ran::get)
        && (settings.recycleAfterTests() == 0 || ran.cardinality() < settings.recycleAfterTests())
        && (settings.recycleAboveMb() == 0 || memory <= settings.recycleAboveMb());
  }

  /// Take what comes from now on as the output of a batch; called before its order is placed, also
  /// when that is tried once more.
  void expect(int order, BatchOutput output) {
    Answer known = awaited;
    if (known == null || known.number() != order) {
      stdout = output;
      stderr = output;
      awaited = new Answer(order, new CompletableFuture<>(), new CompletableFuture<>());
    }
  }

  /// Run the expected batch, whose order was placed, to its end or to that of the process.
  ///
  /// @return the exit code with which a process of its own would have ended, or how this one ended
  /// @throws SandboxException as [WrappedCommand#run]
  Exit run(List<Integer> tests) throws SandboxException, InterruptedException {
    Answer answer = awaited;
    if (answer == null) {
      throw new IllegalStateException("no order was placed");
    }
    tests.forEach(ran::set);
    if (orders == 0) {
      thread.start();
    }
    orders = answer.number();
    try {
      CompletableFuture.anyOf(answer.onStdout(), end).exceptionally(_ -> "").get();
      if (!answer.onStdout().isDone()) {
        return ended();
      }
      CompletableFuture.anyOf(answer.onStderr(), end)
          .exceptionally(_ -> "")
          .completeOnTimeout("", STRAGGLER.toMillis(), TimeUnit.MILLISECONDS)
          .get();
      return answer.onStdout().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("waiting for a warm process failed", e);
    } finally {
      awaited = null;
      stdout = null;
      stderr = null;
    }
  }

  private Exit ended() throws SandboxException, InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SandboxException known) {
        throw known;
      }
      throw new IllegalStateException("a warm process failed", e.getCause());
    }
  }

  /// Wait until it has ended, at most for a time.
  ///
  /// @return whether it has
  boolean awaitEnd(Duration patience) throws InterruptedException {
    if (isNew()) {
      return true;
    }
    try {
      end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException _) {
      return true;
    } catch (TimeoutException _) {
      return false;
    }
    return true;
  }

  /// Wait until it has ended, but not beyond a time nor when nothing is heard of it for long: then
  /// it will not end.
  void awaitEndWhileHeard(long deadline, Duration longSilence) throws InterruptedException {
    long from = System.nanoTime();
    while (!awaitEnd(LOOK)) {
      long now = System.nanoTime();
      if (now >= deadline || now - Math.max(from, lastHeard) >= longSilence.toNanos()) {
        return;
      }
    }
  }

  /// Let go of it: its local end is released, and the command is ended as far as the provider can.
  void release() {
    thread.interrupt();
  }

  private void live() {
    try {
      end.complete(command.run(start.command(), new Output()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end.completeExceptionally(new SandboxException.Transient("interrupted", e));
    } catch (SandboxException | RuntimeException | Error e) {
      end.completeExceptionally(e);
    }
  }

  /// Take the answer to the order that runs; any other is stale.
  private @Nullable Answer answered(String payload) {
    Answer answer = awaited;
    String[] words = payload.split(" ");
    return answer != null
            && words.length >= 2
            && words[0].equals(WarmProtocol.DONE)
            && words[1].equals(Integer.toString(answer.number()))
        ? answer
        : null;
  }

  private static int number(String[] words, int position) {
    try {
      return words.length > position ? Integer.parseInt(words[position]) : 0;
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /// Hand what comes to the batch that runs. Each stream lets go of it with its own part of the
  /// answer, so that nothing of the next batch can come to this one.
  private final class Output implements WrappedCommand.Listener {
    @Override
    public void heard() {
      lastHeard = System.nanoTime();
      BatchOutput output = stdout;
      if (output != null) {
        output.heard();
      }
    }

    @Override
    public void frame(String payload) {
      BatchOutput output = stdout;
      Answer answer = answered(payload);
      if (answer != null) {
        String[] words = payload.split(" ");
        stdout = null;
        memory = number(words, 3);
        answer.onStdout().complete(new Exit.Exited(number(words, 2)));
      } else if (payload.startsWith(WarmProtocol.NOTE)) {
        notes.accept(payload.substring(WarmProtocol.NOTE.length()).strip());
      } else if (output != null) {
        output.frame(payload);
      }
    }

    @Override
    public void stdout(byte[] buffer, int offset, int length) {
      BatchOutput output = stdout;
      if (output != null) {
        output.stdout(buffer, offset, length);
      }
    }

    @Override
    public void stderr(byte[] buffer, int offset, int length) {
      BatchOutput output = stderr;
      if (output != null) {
        output.stderr(buffer, offset, length);
      }
    }

    @Override
    public void stderrFrame(String payload) {
      Answer answer = answered(payload);
      if (answer != null) {
        stderr = null;
        answer.onStderr().complete(true);
      }
    }
  }
}
