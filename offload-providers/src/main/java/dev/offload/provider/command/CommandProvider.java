package dev.offload.provider.command;

import static dev.offload.provider.shell.Script.quote;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.Answer;
import dev.offload.provider.shell.LocalShell;
import dev.offload.provider.shell.Running;
import dev.offload.provider.shell.Uninterrupted;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Start sandboxes with the user's own shell commands.
final class CommandProvider implements SandboxProvider {
  /// `close` must not take long, whatever `timeout_secs` says.
  private static final Duration DESTROY_PATIENCE = Duration.ofSeconds(60);

  /// How long a create command may go on when nobody wants its sandbox any more.
  private static final Duration CREATE_PATIENCE = Duration.ofSeconds(5);

  /// Operations that take so many times as long as the slowest command so far are slow, not silent.
  private static final int SLOWER = 10;

  private static final Duration LONGEST_TO_BEGIN = Duration.ofMinutes(1);

  private final ProviderContext context;
  private final BundledScripts scripts;
  private final LocalShell shell;
  private final Variables variables;
  private final Running running = new Running();
  private final Set<Thread> creating = ConcurrentHashMap.newKeySet();
  private final Set<CommandSandbox> open = ConcurrentHashMap.newKeySet();

  /// In nanoseconds, what the slowest first command of a sandbox has taken.
  private final AtomicLong slowest = new AtomicLong();

  private volatile CommandSettings settings;
  private volatile boolean ready;
  private volatile boolean closed;
  private volatile boolean enteredRoot;
  private volatile ProgressSink progress = _ -> {};

  CommandProvider(CommandSettings settings, ProviderContext context, BundledScripts scripts) {
    this.settings = settings;
    this.context = context;
    this.scripts = scripts;
    this.shell = new LocalShell(settings.directory());
    this.variables = new Variables(settings, text -> progress.line(text));
  }

  /// Put the bundled scripts in place; done by the first operation, since making a provider starts
  /// nothing.
  private void makeReady() throws SandboxException {
    if (!ready) {
      try {
        settings = settings.with(scripts);
        ready = true;
      } catch (IOException e) {
        throw new SandboxException.Fatal("a bundled script could not be put in place: " + e, e);
      }
    }
  }

  @Override
  public SandboxImage prepare(PrepareRequest request, ProgressSink progress)
      throws SandboxException, InterruptedException {
    makeReady();
    this.progress = progress;
    if (!settings.prepare().isPresent()) {
      return SandboxImage.NONE;
    }
    String text = settings.prepare().fill(Map.of("cpu_cores", settings.cpuCores())) + flags();
    LocalShell.Line line =
        new LocalShell.Line(settings.prepare().key(), text, Map.of(), Stdin.empty());
    Answer answer = shell.ask(line, settings.timeout(), progress::line, running);
    if (answer.exit().isSuccess() && answer.lastLine().isEmpty()) {
      throw new SandboxException.Fatal(
          "prepare_command printed no image id: its last line of standard output must be one",
          null);
    }
    try {
      shell.check(answer);
    } catch (SandboxException.Transient e) {
      // An image that cannot be built today cannot be built at the second try.
      throw new SandboxException.Fatal(answer.inWords(), e);
    }
    return new SandboxImage(answer.lastLine());
  }

  private String flags() {
    StringBuilder flags = new StringBuilder();
    for (String copy : settings.copyDirectories()) {
      flags.append(" --copy-dir=").append(quote(copy));
    }
    if (!context.sandboxInitCommand().isBlank()) {
      flags.append(" --sandbox-init-cmd=").append(quote(context.sandboxInitCommand()));
    }
    if (!settings.directory().equals(context.projectDirectory())) {
      flags.append(" --context-dir=").append(quote(context.projectDirectory().toString()));
    }
    return flags.toString();
  }

  @Override
  public Sandbox start(SandboxImage image, SandboxSpec spec)
      throws SandboxException, InterruptedException {
    makeReady();
    String handle = create(image, spec);
    CommandSandbox sandbox = new CommandSandbox(spec.id(), handle, this, settings);
    open.add(sandbox);
    boolean usable = false;
    try {
      if (closed) {
        throw new SandboxException.Transient("the provider was closed", null);
      }
      long began = System.nanoTime();
      sandbox.open();
      slowest.accumulateAndGet(System.nanoTime() - began, Math::max);
      usable = true;
      return sandbox;
    } catch (SandboxDead e) {
      throw neverStarted(e.death());
    } finally {
      if (!usable) {
        closeAfterFailure(sandbox);
      }
    }
  }

  /// Each operation starts a program of the user's, perhaps an interpreter, and perhaps a hundred
  /// at one time.
  @Override
  public Duration timeToBegin() {
    Duration begin = Duration.ofNanos(slowest.get()).multipliedBy(SLOWER);
    return begin.compareTo(LONGEST_TO_BEGIN) < 0 ? begin : LONGEST_TO_BEGIN;
  }

  /// Run the create command. It is not cut short at once by an interruption: killed half-way it
  /// could leave a sandbox whose name nobody knows.
  private String create(SandboxImage image, SandboxSpec spec)
      throws SandboxException, InterruptedException {
    FutureTask<String> creation = new FutureTask<>(() -> runCreate(image, spec));
    Thread creator = Thread.startVirtualThread(creation);
    creating.add(creator);
    try {
      return creation.get();
    } catch (InterruptedException e) {
      Uninterrupted.<@Nullable Void>get(() -> {
        endCreation(creator, creation);
        return null;
      });
      throw e;
    } catch (ExecutionException e) {
      throw Uninterrupted.failure(e);
    } finally {
      creating.remove(creator);
    }
  }

  private void endCreation(Thread creator, FutureTask<String> creation)
      throws InterruptedException {
    if (!creator.join(CREATE_PATIENCE)) {
      creator.interrupt();
      creator.join();
    }
    if (creation.state() == Future.State.SUCCESS) {
      destroyAfterFailure(creation.resultNow());
    }
  }

  private String runCreate(SandboxImage image, SandboxSpec spec)
      throws SandboxException, InterruptedException {
    String line =
        settings
            .create()
            .fill(
                Map.of(
                    "image_id",
                    image.id().isEmpty() ? "" : quote(image.id()),
                    "cpu_cores",
                    settings.cpuCores()));
    Map<String, String> labels =
        Map.of("OFFLOAD_RUN_ID", spec.runId(), "OFFLOAD_SANDBOX_NAME", spec.id().toString());
    Answer answer =
        shell.ask(
            new LocalShell.Line(settings.create().key(), line, labels, Stdin.empty()),
            settings.timeout(),
            CommandProvider::drop,
            running);
    Optional<Death> told = answer.death();
    if (told.isPresent()) {
      if (!answer.lastLine().isEmpty()) {
        destroyAfterFailure(answer.lastLine());
      }
      throw neverStarted(told.get());
    }
    shell.check(answer);
    if (answer.lastLine().isEmpty()) {
      throw new SandboxException.Transient("create_command printed no sandbox id", null);
    }
    return answer.lastLine();
  }

  private static void drop(String line) {}

  private static SandboxDead neverStarted(Death death) {
    return new SandboxDead(new Death(Death.Cause.NEVER_STARTED, death.exitCode(), death.message()));
  }

  private void closeAfterFailure(CommandSandbox sandbox) {
    try {
      sandbox.close();
    } catch (SandboxException e) {
      progress.line("warning: " + e.getMessage());
    }
  }

  private void destroyAfterFailure(String handle) {
    try {
      destroy(handle);
    } catch (SandboxException e) {
      progress.line("warning: " + e.getMessage());
    }
  }

  /// Run the destroy command to its end, even for a thread that is interrupted: what was started
  /// must not stay behind.
  void destroy(String handle) throws SandboxException {
    Duration longest =
        settings.timeout().compareTo(DESTROY_PATIENCE) < 0 ? settings.timeout() : DESTROY_PATIENCE;
    LocalShell.Line line =
        LocalShell.Line.of(
            settings.destroy(),
            Map.of("sandbox_id", quote(handle), "cpu_cores", settings.cpuCores()));
    Answer answer =
        Uninterrupted.get(() -> shell.ask(line, longest, CommandProvider::drop, new Running()));
    if (answer.death().isEmpty()) {
      shell.check(answer);
    }
  }

  @Override
  public boolean reap(String handle) throws SandboxException {
    makeReady();
    destroy(handle);
    return true;
  }

  @Override
  public void close() throws SandboxException {
    closed = true;
    awaitCreations();
    running.end();
    List<Future<@Nullable SandboxException>> closings = new ArrayList<>();
    @Nullable SandboxException failure = null;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (CommandSandbox sandbox : open) {
        closings.add(threads.submit(() -> failureOf(sandbox)));
      }
    }
    for (Future<@Nullable SandboxException> closing : closings) {
      @Nullable SandboxException one = closing.resultNow();
      failure = one == null ? failure : one;
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void awaitCreations() throws SandboxException {
    Instant deadline = Instant.now().plus(CREATE_PATIENCE);
    for (Thread creator : creating) {
      Uninterrupted.get(() -> creator.join(Duration.between(Instant.now(), deadline)));
    }
  }

  private static @Nullable SandboxException failureOf(CommandSandbox sandbox) {
    try {
      sandbox.close();
      return null;
    } catch (SandboxException e) {
      return e;
    }
  }

  /// Return a path or directory inside sandboxes, taken from the project root when it is relative.
  String directory(String named) {
    String root = context.sandboxProjectRoot();
    if (named.isEmpty() || named.startsWith("/") || root.isEmpty()) {
      return named.isEmpty() ? root : named;
    }
    return root.endsWith("/") ? root + named : root + "/" + named;
  }

  /// Return whether a command has run in the project root so far.
  ///
  /// @param now whether one has just done so
  boolean hasEnteredRoot(boolean now) {
    if (now) {
      enteredRoot = true;
    }
    return enteredRoot;
  }

  CommandSettings settings() {
    return settings;
  }

  LocalShell shell() {
    return shell;
  }

  Variables variables() {
    return variables;
  }

  void forget(CommandSandbox sandbox) {
    open.remove(sandbox);
  }
}
