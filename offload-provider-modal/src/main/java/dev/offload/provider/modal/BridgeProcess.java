package dev.offload.provider.modal;

import dev.offload.api.sandbox.SandboxException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Run one Python process that speaks the protocol of `modal_bridge.py`.
final class BridgeProcess {
  /// A first start with uv may have to load packages.
  private static final Duration START = Duration.ofMinutes(5);

  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final int PROTOCOL = 1;
  private static final int KEPT_LINES = 30;

  private final BridgeCommand command;
  private final Process process;
  private final Writer stdin;
  private final Consumer<Map<String, Object>> events;
  private final Consumer<BridgeProcess> ended;
  private final ReentrantLock writing = new ReentrantLock();
  private final Map<Long, Call> calls = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final CompletableFuture<Map<String, Object>> hello = new CompletableFuture<>();
  private final Deque<String> lastWords = new ArrayDeque<>();
  private final Thread errors;
  private volatile boolean gone;

  private BridgeProcess(
      BridgeCommand command,
      Process process,
      Consumer<Map<String, Object>> events,
      Consumer<BridgeProcess> ended) {
    this.command = command;
    this.process = process;
    this.events = events;
    this.ended = ended;
    this.stdin =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    // Reads from a child process pin a virtual thread's carrier.
    this.errors = Thread.ofPlatform().daemon().name("modal-bridge-errors").start(this::keepErrors);
  }

  /// Start it and wait until it can be used.
  ///
  /// @param events takes messages that answer no request, on the reading thread; must not block
  /// @param ended is told when the process has ended, on the reading thread, before the requests
  ///   are that wait for an answer
  static BridgeProcess start(
      BridgeCommand command, Consumer<Map<String, Object>> events, Consumer<BridgeProcess> ended)
      throws SandboxException, InterruptedException {
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder(command.argv());
      // It would keep the script from finding the module beside it.
      builder.environment().remove("PYTHONSAFEPATH");
      process = builder.start();
    } catch (IOException e) {
      throw new SandboxException.Fatal(
          "Python could not be started (" + e.getMessage() + "). " + command.advice(), e);
    }
    BridgeProcess bridge = new BridgeProcess(command, process, events, ended);
    Thread.ofPlatform().daemon().name("modal-bridge").start(bridge::read);
    boolean usable = false;
    try {
      bridge.awaitHello();
      usable = true;
      return bridge;
    } finally {
      if (!usable) {
        bridge.end(Duration.ZERO);
      }
    }
  }

  private void awaitHello() throws SandboxException, InterruptedException {
    try {
      Map<String, Object> said = hello.get(START.toSeconds(), TimeUnit.SECONDS);
      String error = Reply.text(said, "error");
      if (!error.isEmpty()) {
        throw new SandboxException.Fatal(error, null);
      }
      if (Reply.number(said, "protocol", 0) != PROTOCOL) {
        throw new SandboxException.Fatal("the bridge to Modal speaks another protocol", null);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new SandboxException.Fatal(
          "the bridge to Modal did not start. " + command.advice() + lastWords(), e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        deliver(Json.read(line));
      }
    } catch (IOException | IllegalArgumentException e) {
      note("offload: " + e);
    } finally {
      // First of all: whoever hears of the end and asks again is to find the next one on its way.
      ended.accept(this);
      gone = true;
      for (Call call : calls.values()) {
        call.fail(new SandboxException.Transient("the bridge to Modal ended", null));
      }
      awaitErrors();
      process.destroyForcibly();
      hello.completeExceptionally(new IOException("it ended"));
    }
  }

  /// What it says at its end is why it ended. Killing it would close the stream that tells.
  private void awaitErrors() {
    try {
      errors.join(LAST_WORDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(Map<String, Object> message) {
    if (message.get("id") instanceof Number id) {
      Call call = calls.get(id.longValue());
      if (call != null) {
        call.put(message);
      }
    } else if (Reply.text(message, "ev").equals("hello")) {
      hello.complete(message);
    } else {
      events.accept(message);
    }
  }

  private void keepErrors() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line);
      }
    } catch (IOException e) {
      note("offload: " + e);
    }
  }

  private void note(String line) {
    synchronized (lastWords) {
      lastWords.addLast(line);
      if (lastWords.size() > KEPT_LINES) {
        lastWords.removeFirst();
      }
    }
  }

  /// Return the last lines of its standard error, each on a line of its own, or nothing.
  String lastWords() {
    awaitErrors();
    synchronized (lastWords) {
      List<String> lines = lastWords.stream().filter(line -> !line.isBlank()).toList();
      return lines.isEmpty() ? "" : "\n" + String.join("\n", lines);
    }
  }

  /// Return how it ended, in words.
  String endInWords() throws InterruptedException {
    process.waitFor(1, TimeUnit.SECONDS);
    return process.isAlive() ? "it does not answer" : "exit code " + process.exitValue();
  }

  /// Begin a request.
  Call begin(String op, Map<String, ?> arguments) {
    Call call = new Call(numbers.incrementAndGet());
    calls.put(call.number(), call);
    Map<String, Object> message = new LinkedHashMap<>(arguments);
    message.put("id", call.number());
    message.put("op", op);
    send(message);
    if (gone) {
      call.fail(new SandboxException.Transient("the bridge to Modal ended", null));
    }
    return call;
  }

  /// End a request, whether it was answered or not.
  void finish(Call call) {
    calls.remove(call.number());
  }

  /// Tell the bridge that nobody waits for an answer any more.
  void cancel(Call call) {
    send(Map.of("op", "cancel", "request", call.number()));
  }

  /// Send a message; a bridge that is gone is noticed by its reader.
  void send(Map<String, Object> message) {
    writing.lock();
    try {
      stdin.write(Json.write(message));
      stdin.write('\n');
      stdin.flush();
    } catch (IOException _) {
      process.destroyForcibly();
    } finally {
      writing.unlock();
    }
  }

  /// Close its input, upon which it ends its sandboxes and itself, and wait for that.
  void end(Duration patience) {
    writing.lock();
    try {
      stdin.close();
    } catch (IOException _) {
      process.destroyForcibly();
    } finally {
      writing.unlock();
    }
    boolean interrupted = false;
    try {
      process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      interrupted = true;
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
