package dev.offload.provider.ssh;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.process.CannotStart;
import dev.offload.provider.process.ChildProcess;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.process.ProcessSpec;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.CommandTemplate;
import dev.offload.provider.shell.InSandbox;
import dev.offload.provider.shell.Lines;
import dev.offload.provider.shell.LocalShell;
import dev.offload.provider.shell.Uninterrupted;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Hold one shared connection to a host, and the keeper at its other end: a small script that makes
/// and ends sandboxes there, and ends them all when it hears nothing of us any more.
///
/// The end of the connection is the death of all its sandboxes.
final class SshConnection {
  /// How many sandboxes use one connection: `sshd` allows ten sessions on each by default. The
  /// keeper is one; a sandbox has one for its command, one for files, and one to end the command.
  static final int SANDBOXES = 3;

  /// How long the keeper waits for a sign of life, in seconds, before it closes everything.
  private static final int PATIENCE = 10;

  private static final Duration BEAT = Duration.ofSeconds(1);

  /// After so many questions without an answer, a second apart, the other end is silent.
  private static final int UNANSWERED = 3;

  private static final Duration HELLO = Duration.ofSeconds(20);
  private static final String KEEPER = resource("keeper.sh");

  private final HostAddress host;
  private final SshCommand command;
  private final LocalShell shell;
  private final String token = ProcessMark.fresh().token();
  private final Map<String, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
  private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();
  private final Deque<String> lastWords = new ArrayDeque<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final DeathLatch end = new DeathLatch();
  private final Set<Consumer<Death>> listeners = ConcurrentHashMap.newKeySet();
  private final ChildProcess master;
  private volatile boolean greeted;
  private volatile String home = "";
  private volatile int processors = 1;

  /// Report what the keeper refused; the message is the host's.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  /// Connect, and wait until the keeper is there.
  ///
  /// @throws SandboxException.Transient when the host cannot be reached or used; says why
  /// @throws SandboxException.Fatal when there is no `ssh` on this machine
  static SshConnection open(HostAddress host, List<String> options, SshHost.Access access)
      throws SandboxException, InterruptedException {
    SshConnection connection = new SshConnection(host, options, access);
    try {
      String[] hello = connection.answer("hello", HELLO).split(" ", 2);
      connection.processors = Math.max(1, Integer.parseInt(hello[0]));
      connection.home = hello[1];
      connection.greet();
      return connection;
    } catch (Refused e) {
      connection.abandon();
      throw new SandboxException.Transient(host + " cannot be used: " + e.why(), e);
    } catch (SandboxException.SandboxDead e) {
      connection.abandon();
      throw new SandboxException.Transient(unreachable(host, e.death().message()), e);
    } catch (SandboxException.Transient e) {
      connection.abandon();
      String said = connection.lastWords();
      throw new SandboxException.Transient(
          "%s; what its login shell runs first may wait for something%s"
              .formatted(e.getMessage(), said.isEmpty() ? "" : ", and said: " + said),
          e);
    } catch (SandboxException | InterruptedException e) {
      connection.abandon();
      throw e;
    }
  }

  private static String unreachable(HostAddress host, String words) {
    String advice = "";
    if (words.contains("Host key verification failed")) {
      advice =
          ". Its key is not the known one, or not known: connect once by hand, or see known_hosts";
    } else if (words.contains("Permission denied")) {
      advice =
          ". Offload never answers questions: 'ssh -o BatchMode=yes " + host + " true' must work";
    }
    return words + advice;
  }

  private SshConnection(HostAddress host, List<String> options, SshHost.Access access)
      throws SandboxException {
    this.host = host;
    this.shell = access.shell();
    this.command = new SshCommand(host, options, access.controlFolder().resolve(token));
    answers.put("hello", new CompletableFuture<>());
    Lines stdout = new Lines(this::hear);
    Lines stderr = new Lines(this::keepWords);
    try {
      String line =
          SshCommand.remote(
              KEEPER, "offload-keeper", token, Integer.toString(PATIENCE), access.run());
      master =
          ChildProcess.start(
              new ProcessSpec(
                  command.open(line),
                  Map.of(),
                  Path.of("").toAbsolutePath(),
                  new Stdin.Open(),
                  ProcessMark.fresh()),
              Lines.sink(stdout, stderr));
    } catch (CannotStart e) {
      throw new SandboxException.Fatal(e.why() + ". The provider 'ssh' needs OpenSSH's client.", e);
    }
    Thread.ofPlatform().daemon().name("orders to " + host).start(this::send);
    Thread.ofVirtual().name("end of " + host).start(() -> awaitEnd(stderr));
  }

  /// Send orders, and every second a question that the keeper answers: a sign of life of both.
  private void send() {
    orders.add("hello");
    long nextBeat = System.nanoTime() + BEAT.toNanos();
    try (OutputStream stdin = master.stdin()) {
      while (end.now().isEmpty()) {
        String order = orders.poll(nextBeat - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (order == null) {
          order = "ping beat";
          nextBeat = System.nanoTime() + BEAT.toNanos();
          if (greeted) {
            unanswered.incrementAndGet();
          }
        }
        if (order.isEmpty()) {
          return;
        }
        stdin.write((order + "\n").getBytes(StandardCharsets.UTF_8));
        stdin.flush();
      }
    } catch (IOException _) {
      return; // the connection is at its end: who waits for it learns so
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Take an answer of the keeper: `TOKEN done NAME TEXT` or `TOKEN refused NAME TEXT`. What else
  /// there is, also before an answer in its line, the login shell says.
  private void hear(String line) {
    int answer = line.indexOf(token + " ");
    if (answer != 0 && !greeted) {
      keepWords(answer < 0 ? line : line.substring(0, answer));
    }
    String[] words = answer < 0 ? new String[0] : line.substring(answer).split(" ", 4);
    if (words.length < 3) {
      return;
    }
    unanswered.set(0);
    CompletableFuture<String> waiting = answers.get(words[2]);
    String text = words.length > 3 ? words[3] : "";
    if (waiting == null) {
      return;
    }
    if (words[1].equals("done")) {
      waiting.complete(text);
    } else {
      waiting.completeExceptionally(new Refused(text));
    }
  }

  /// What the login shell said is of no interest any more.
  private void greet() {
    greeted = true;
    synchronized (lastWords) {
      lastWords.clear();
    }
  }

  private void keepWords(String line) {
    if (!line.isBlank()) {
      synchronized (lastWords) {
        lastWords.addLast(line.strip());
        if (lastWords.size() > 3) {
          lastWords.removeFirst();
        }
      }
    }
  }

  private void awaitEnd(Lines stderr) {
    try {
      String how = master.await().inWords();
      stderr.flush();
      String words = lastWords();
      over(
          Death.of(
              Death.Cause.LOST,
              "the connection to " + host + " ended (" + (words.isEmpty() ? how : words) + ")"));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private String lastWords() {
    synchronized (lastWords) {
      return String.join("; ", lastWords);
    }
  }

  private void over(Death death) {
    if (end.tell(death)) {
      SandboxException gone = new SandboxException.SandboxDead(death);
      answers.values().forEach(waiting -> waiting.completeExceptionally(gone));
      listeners.forEach(listener -> listener.accept(death));
    }
  }

  /// Give an order and wait for its answer.
  ///
  /// @throws Refused when the keeper could not do it
  /// @throws SandboxException.SandboxDead when the connection is at its end
  /// @throws SandboxException.Transient when no answer came in time
  String order(String verb, String name, Duration patience)
      throws Refused, SandboxException, InterruptedException {
    answers.put(name, new CompletableFuture<>());
    orders.add(verb + " " + name);
    return answer(name, patience);
  }

  /// Give an order that nobody waits for.
  void tell(String verb, String name) {
    orders.add(verb + " " + name);
  }

  /// Lock a workspace for this connection; see the keeper.
  void lock(String workspace) throws Refused, SandboxException, InterruptedException {
    answers.put("lock", new CompletableFuture<>());
    orders.add("lock " + workspace);
    String _ = answer("lock", HELLO);
  }

  private String answer(String name, Duration patience)
      throws Refused, SandboxException, InterruptedException {
    CompletableFuture<String> waiting = answers.getOrDefault(name, new CompletableFuture<>());
    end.now()
        .ifPresent(death -> waiting.completeExceptionally(new SandboxException.SandboxDead(death)));
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (!waiting.isDone() && !isSilent() && deadline - System.nanoTime() > 0) {
        await(waiting);
      }
      if (waiting.isDone()) {
        return waiting.get();
      }
      throw new SandboxException.Transient(
          isSilent()
              ? host + " is silent"
              : host + " did not answer within " + patience.toSeconds() + " s",
          null);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refused refused) {
        throw refused;
      }
      throw Uninterrupted.failure(e);
    } finally {
      answers.remove(name);
    }
  }

  private static void await(CompletableFuture<?> waiting)
      throws ExecutionException, InterruptedException {
    try {
      Object _ = waiting.get(BEAT.toMillis() / 4, TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      return; // there is more to look at than the answer
    }
  }

  /// Return a way to run shell text for the host itself; the keeper ends with the connection what
  /// still runs of it then.
  InSandbox exec() {
    return exec(new DeathLatch(), new ProcessMark(token));
  }

  /// Return a way to run shell text over this connection, until `death`.
  ///
  /// @param mark by which the keeper finds its processes
  InSandbox exec(DeathLatch death, ProcessMark mark) {
    return new InSandbox(
        shell,
        new CommandTemplate("ssh " + host, command.exec()),
        Map.of(),
        death,
        line -> SshCommand.remoteWord(mark, line));
  }

  /// Tell somebody of the end of the connection, at once if it is over already.
  void whenOver(Consumer<Death> listener) {
    listeners.add(listener);
    end.now().ifPresent(listener);
  }

  void forget(Consumer<Death> listener) {
    listeners.remove(listener);
  }

  int listeners() {
    return listeners.size();
  }

  boolean isOver() {
    return end.now().isPresent();
  }

  /// Return whether nothing was heard of the other end for some seconds. It may be heard again, or
  /// `ssh` finds that the connection is at its end.
  boolean isSilent() {
    return unanswered.get() >= UNANSWERED;
  }

  /// Return whether something can be begun over it.
  boolean isUsable() {
    return !isOver() && !isSilent();
  }

  /// Return the home folder of the user on the host.
  String home() {
    return home;
  }

  /// Return how many processors the host has.
  int processors() {
    return processors;
  }

  /// End the keeper and with it everything on the host, and then the connection. A keeper that is
  /// not heard ends by itself.
  void close() throws InterruptedException {
    boolean silent = isSilent();
    over(Death.of(Death.Cause.CLOSED, ""));
    orders.add("");
    if (silent || master.await(Duration.ofSeconds(5)).isEmpty()) {
      master.kill();
    }
    delete(command.control());
  }

  private void abandon() {
    over(Death.of(Death.Cause.CLOSED, ""));
    master.kill();
    delete(command.control());
  }

  private static void delete(Path socket) {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException _) {
      socket.toFile().deleteOnExit();
    }
  }

  private static String resource(String name) {
    try (InputStream in = SshConnection.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
