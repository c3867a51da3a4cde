package dev.offload.provider.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.provider.docker.Engine.Gone;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.ExecFiles;
import dev.offload.provider.shell.ExecText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Use one container.
final class DockerSandbox implements Sandbox {
  private static final int NOT_FOUND = 127;

  private static final int END_LOOKS = 40;
  private static final long END_LOOK_MILLIS = 50;

  /// How a command ends for which the engine finds no program.
  private static final Set<Exit> NO_PROGRAM =
      Set.of(new Exit.Exited(126), new Exit.Exited(NOT_FOUND));

  /// How often a command whose output does not end is looked after.
  private static final long LOOK_SECONDS = 2;

  /// After how many looks at a command that is over and says nothing its output is given up.
  private static final int QUIET_LOOKS = 2;

  /// Enters a folder, which `docker exec` would answer with an error of the engine.
  private static final String ENTER = "cd -- \"$1\" || exit 126; shift; exec \"$@\"";

  private static final String KILL =
      """
      tries=0
      while [ "$tries" -lt 50 ]; do
        found=
        for environment in /proc/[0-9]*/environ; do
          process=${environment#/proc/}
          process=${process%/environ}
          [ "$process" = $$ ] && continue
          grep -qs -- "$1" "$environment" 2>/dev/null || continue
          kill -9 "$process" 2>/dev/null && found=yes
        done
        [ -n "$found" ] || exit 0
        tries=$((tries + 1))
      done
      """;

  /// Makes the scratch folder and prints its path, or else the name of a program that is missing,
  /// or nothing when the project root is.
  private static final String OPEN =
      """
      for tool in mkdir cat head wc sleep; do
        command -v "$tool" >/dev/null || { echo "$tool"; exit 0; }
      done
      [ -d "$2" ] || exit 0
      umask 077
      folder="${TMPDIR:-/tmp}"/offload-$1
      mkdir -p "$folder" && cd "$folder" && pwd
      """;

  private final SandboxId id;
  private final String container;
  private final Engine engine;
  private final Deaths deaths;
  private final String root;
  private final String image;
  private final String token;
  private final DeathLatch death = new DeathLatch();
  private final ExecFiles files = new ExecFiles(this::shell);
  private final Consumer<DockerSandbox> whenRemoved;
  private final AtomicBoolean removed = new AtomicBoolean();
  private final AtomicInteger runs = new AtomicInteger();
  private final Set<Streams> running = ConcurrentHashMap.newKeySet();
  private volatile String scratch = "";

  /// Make it for a container that is about to be started.
  ///
  /// @param root the absolute project root in it
  /// @param image names its image for people
  /// @param token a text that is in the environment of all its processes and in no other
  /// @param whenRemoved is told when the container is gone
  DockerSandbox(
      SandboxId id,
      String container,
      Engine engine,
      Deaths deaths,
      String root,
      String image,
      String token,
      Consumer<DockerSandbox> whenRemoved) {
    this.id = id;
    this.container = container;
    this.engine = engine;
    this.deaths = deaths;
    this.root = root;
    this.image = image;
    this.token = token;
    this.whenRemoved = whenRemoved;
    deaths.watch(
        container,
        new Deaths.Watcher() {
          @Override
          public void died(Death cause) {
            die(cause);
          }

          @Override
          public void lackedMemory(String advice) {
            noteLackOfMemory(advice);
          }
        });
  }

  /// Make the scratch folder; that shows that the container can be used.
  ///
  /// @throws SandboxException.Fatal when the image lacks what every sandbox needs
  void open() throws SandboxException, InterruptedException {
    ExecText said = new ExecText();
    Exit exit;
    try {
      exit = exec(List.of("sh", "-c", OPEN, "sh", token, root), Map.of(), null, said);
      if (NO_PROGRAM.contains(exit)) {
        awaitEndForWantOfShell();
      }
    } catch (SandboxDead e) {
      throw e.death().exitCode().orElse(0) == NOT_FOUND ? lacks("sh", e) : e;
    }
    String answer = said.stdout().strip();
    if (!exit.isSuccess()) {
      throw new SandboxException.Transient(
          "no folder could be made in the container (%s): %s"
              .formatted(exit.inWords(), (answer + " " + said.stderr()).strip()),
          null);
    }
    if (answer.isEmpty()) {
      throw new SandboxException.Fatal(
          "%s has no folder '%s', which is sandbox_project_root: copy the project there with include_cwd = true, or name another"
              .formatted(image, root),
          null);
    }
    if (!answer.startsWith("/")) {
      throw lacks(answer, null);
    }
    scratch = answer;
  }

  /// Where there is no shell the container's init process ends in a moment, and tells so by its
  /// exit code. A command can fail to begin for other reasons, such as a lack of memory.
  private void awaitEndForWantOfShell() throws SandboxDead, InterruptedException {
    for (int i = 0; i < END_LOOKS; i++) {
      death.check();
      Thread.sleep(END_LOOK_MILLIS);
    }
  }

  private SandboxException lacks(String program, @Nullable Throwable cause) {
    return new SandboxException.Fatal(
        image + " has no '" + program + "', which every sandbox needs", cause);
  }

  private void die(Death cause) {
    if (death.tell(cause)) {
      running.forEach(DockerSandbox::end);
    }
  }

  /// Say to whoever reads what runs now why a process of it was killed. Not on the thread that
  /// tells of deaths: a reader may be slow.
  private void noteLackOfMemory(String advice) {
    Thread.ofVirtual()
        .name(id + "-memory")
        .start(() ->
            running.forEach(streams ->
                streams.say("offload: a process of " + id + " was killed: " + advice + "\n")));
  }

  private static void end(ResultCallback<?> callback) {
    try {
      callback.close();
    } catch (IOException e) {
      System.getLogger(DockerSandbox.class.getName())
          .log(System.Logger.Level.DEBUG, "a stream did not close", e);
    }
  }

  @Override
  public SandboxId id() {
    return id;
  }

  @Override
  public String handle() {
    return container;
  }

  @Override
  public String place() {
    return "in " + image;
  }

  @Override
  public String scratch() {
    return scratch;
  }

  @Override
  public Death awaitDeath() throws InterruptedException {
    return death.await();
  }

  @Override
  public Liveness poll() {
    if (death.now().isEmpty()) {
      Liveness now = deaths.look(container);
      if (!(now instanceof Liveness.Dead(Death cause))) {
        return now;
      }
      die(cause);
    }
    return death.poll();
  }

  @Override
  public Exit run(Command command, OutputSink output)
      throws SandboxException, InterruptedException {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", ENTER, "sh"));
    argv.add(absolute(command.workingDirectory()));
    argv.addAll(command.argv());
    Map<String, String> own = new java.util.HashMap<>();
    own.put("TMPDIR", scratch);
    own.putAll(command.env());
    own.put("OFFLOAD_ROOT", root);
    return exec(argv, own, null, output);
  }

  private String absolute(String path) {
    if (path.startsWith("/")) {
      return path;
    }
    return path.isEmpty() ? root : (root.endsWith("/") ? root : root + "/") + path;
  }

  /// Run a script of ours.
  private Exit shell(String line, Stdin stdin, OutputSink output)
      throws SandboxException, InterruptedException {
    return switch (stdin) {
      case Stdin.Empty _ -> exec(List.of("sh", "-c", line), Map.of(), null, output);
      case Stdin.FromFile(Path file) -> shell(line, file, output);
      case Stdin.Text _, Stdin.Open _ ->
          throw new IllegalArgumentException("scripts in containers read files or nothing");
    };
  }

  /// The client does not tell the engine where the input ends, so the script is told its length.
  private Exit shell(String line, Path file, OutputSink output)
      throws SandboxException, InterruptedException {
    try (InputStream in = Files.newInputStream(file)) {
      String whole = "head -c " + Files.size(file) + " | ( " + line + " )";
      return exec(List.of("sh", "-c", whole), Map.of(), in, output);
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + file + "' could not be sent: " + e, e);
    }
  }

  private Exit exec(
      List<String> argv, Map<String, String> env, @Nullable InputStream stdin, OutputSink output)
      throws SandboxException, InterruptedException {
    String mark = token + "-" + runs.incrementAndGet() + "-";
    List<String> variables = new ArrayList<>(List.of(ProcessMark.VARIABLE + "=" + mark));
    env.forEach((name, value) -> variables.add(name + "=" + value));
    Streams streams = new Streams(output);
    try {
      String exec =
          engine.call(() ->
              engine
                  .client()
                  .execCreateCmd(container)
                  .withAttachStdin(stdin != null)
                  .withAttachStdout(true)
                  .withAttachStderr(true)
                  .withEnv(variables)
                  .withCmd(argv.toArray(String[]::new))
                  .exec()
                  .getId());
      running.add(streams);
      try {
        death.check();
        if (stdin == null) {
          engine.call(() -> engine.client().execStartCmd(exec).exec(streams));
        } else {
          InputThreads.start(engine.client().execStartCmd(exec).withStdIn(stdin), streams);
        }
        return await(exec, streams);
      } catch (InterruptedException e) {
        end(streams);
        kill(mark);
        throw e;
      } finally {
        running.remove(streams);
      }
    } catch (Gone e) {
      throw dead(e);
    }
  }

  /// Wait for the end of the output, or of the command when something else holds the output open.
  private Exit await(String exec, Streams streams)
      throws Gone, SandboxException, InterruptedException {
    int quietLooks = 0;
    long frames = 0;
    while (!streams.awaitEnd(LOOK_SECONDS)) {
      death.check();
      boolean quiet = frames == streams.frames() && !streams.isBusy();
      frames = streams.frames();
      boolean over = quiet && !runs(engine.call(() -> engine.client().inspectExecCmd(exec).exec()));
      quietLooks = over ? quietLooks + 1 : 0;
      if (quietLooks == QUIET_LOOKS) {
        end(streams);
        break;
      }
    }
    streams.rethrow();
    while (true) {
      death.check();
      InspectExecResponse state = engine.call(() -> engine.client().inspectExecCmd(exec).exec());
      Long code = state.getExitCodeLong();
      if (!runs(state) && code != null) {
        death.check();
        return Exit.ofShellStatus(code.intValue());
      }
      Death now = deaths.deathOf(container);
      if (now != null) {
        die(now);
      }
      Thread.sleep(20);
    }
  }

  private static boolean runs(InspectExecResponse state) {
    return Boolean.TRUE.equals(state.isRunning());
  }

  private SandboxException dead(Gone gone) {
    Death now = deaths.deathOf(container);
    if (now != null) {
      die(now);
    }
    return death
        .now()
        .<SandboxException>map(SandboxDead::new)
        .orElseGet(() -> new SandboxException.Transient(String.valueOf(gone.getMessage()), gone));
  }

  /// The engine cannot end an exec, so its processes are found by their mark, from inside.
  private void kill(String mark) {
    Thread.ofVirtual()
        .name(id + "-kill")
        .start(() -> {
          try {
            exec(List.of("sh", "-c", KILL, "sh", mark), Map.of(), null, OutputSink.discard());
          } catch (SandboxException e) {
            System.getLogger(DockerSandbox.class.getName())
                .log(System.Logger.Level.DEBUG, "a command could not be ended", e);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @Override
  public void upload(Path local, String remote) throws SandboxException, InterruptedException {
    death.check();
    files.upload(local, absolute(remote));
  }

  @Override
  public boolean download(String remote, Path local) throws SandboxException, InterruptedException {
    return files.download(absolute(remote), local);
  }

  /// Use it no more, and let the caller remove the container.
  void handOver() {
    removed.set(true);
    end();
  }

  private void end() {
    die(Death.of(Death.Cause.CLOSED, ""));
    deaths.forget(container);
  }

  /// What could not be removed, because the engine did not answer, is tried again by another call.
  @Override
  public void close() throws SandboxException {
    end();
    if (removed.compareAndSet(false, true)) {
      boolean done = false;
      try {
        Removal.remove(engine, container);
        done = true;
        whenRemoved.accept(this);
      } finally {
        removed.set(done);
      }
    }
  }

  /// Hand the two streams of an exec to a sink.
  private static final class Streams extends ResultCallback.Adapter<Frame> {
    private final OutputSink output;
    private volatile @Nullable Throwable failure;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicLong frames = new AtomicLong();
    private volatile boolean busy;

    Streams(OutputSink output) {
      this.output = output;
    }

    @Override
    public void onNext(Frame frame) {
      frames.incrementAndGet();
      if (failure != null) {
        return;
      }
      busy = true;
      try {
        hand(frame.getStreamType(), frame.getPayload());
      } catch (RuntimeException e) {
        failure = e;
      } finally {
        busy = false;
      }
    }

    /// Say something of our own on the standard error.
    void say(String text) {
      hand(StreamType.STDERR, text.getBytes(StandardCharsets.UTF_8));
    }

    /// The sink takes one call at a time.
    private synchronized void hand(StreamType type, byte[] bytes) {
      if (type == StreamType.STDERR) {
        output.stderr(bytes, 0, bytes.length);
      } else {
        output.stdout(bytes, 0, bytes.length);
      }
    }

    @Override
    public void onError(Throwable problem) {
      // The stream broke: what became of the command is asked of the engine.
      System.getLogger(DockerSandbox.class.getName())
          .log(System.Logger.Level.DEBUG, "a stream broke", problem);
      onComplete();
    }

    @Override
    public void onComplete() {
      super.onComplete();
      end.countDown();
    }

    @Override
    public void close() throws IOException {
      super.close();
      end.countDown();
    }

    /// Wait for the end of the output; unlike the client's own wait, a time-out closes nothing.
    boolean awaitEnd(long seconds) throws InterruptedException {
      return end.await(seconds, TimeUnit.SECONDS);
    }

    long frames() {
      return frames.get();
    }

    /// Return whether the sink is taking something now.
    boolean isBusy() {
      return busy;
    }

    void rethrow() {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
    }
  }
}
