package dev.offload.provider.local;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.provider.process.CannotStart;
import dev.offload.provider.process.CannotStart.Reason;
import dev.offload.provider.process.ChildProcess;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.ProcessSpec;
import dev.offload.provider.process.Stdin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Run commands as child processes that are found again by their mark.
final class LocalSandbox implements Sandbox {
  private final SandboxId id;
  private final LocalHandle handle;
  private final LocalPlace place;
  private final Consumer<LocalSandbox> whenClosed;
  private final DeathLatch death = new DeathLatch();
  private final AtomicInteger runs = new AtomicInteger();
  private final Set<ChildProcess> running = ConcurrentHashMap.newKeySet();

  LocalSandbox(
      SandboxId id, LocalHandle handle, LocalPlace place, Consumer<LocalSandbox> whenClosed) {
    this.id = id;
    this.handle = handle;
    this.place = place;
    this.whenClosed = whenClosed;
  }

  @Override
  public SandboxId id() {
    return id;
  }

  @Override
  public String handle() {
    return handle.toString();
  }

  @Override
  public String scratch() {
    return handle.folder().toString();
  }

  @Override
  public Death awaitDeath() throws InterruptedException {
    return death.await();
  }

  @Override
  public Liveness poll() {
    return death.now().<Liveness>map(Liveness.Dead::new).orElseGet(Liveness.Alive::new);
  }

  @Override
  public Exit run(Command command, OutputSink output)
      throws SandboxException, InterruptedException {
    death.check();
    ChildProcess child;
    try {
      child = ChildProcess.start(spec(command), output);
    } catch (CannotStart e) {
      return notStarted(e, output);
    }
    running.add(child);
    try {
      if (death.now().isPresent()) {
        child.kill();
      }
      Exit exit = child.await();
      death.check();
      return exit;
    } finally {
      running.remove(child);
    }
  }

  private ProcessSpec spec(Command command) {
    List<String> argv = new ArrayList<>(command.argv());
    if (argv.getFirst().equals("sh")) {
      argv.set(0, place.shell());
    }
    Map<String, String> env = new HashMap<>(command.env());
    env.putIfAbsent("TMPDIR", scratch());
    return new ProcessSpec(
        argv,
        env,
        place.directory().resolve(command.workingDirectory()),
        Stdin.empty(),
        handle.mark().part(runs.incrementAndGet()));
  }

  private static Exit notStarted(CannotStart e, OutputSink output)
      throws SandboxException.Transient {
    if (e.reason() == Reason.EXHAUSTED) {
      throw new SandboxException.Transient(e.why(), e);
    }
    byte[] text = ("offload: " + e.why() + "\n").getBytes(StandardCharsets.UTF_8);
    output.stderr(text, 0, text.length);
    return new Exit.Exited(e.reason().status());
  }

  @Override
  public void upload(Path local, String remote) throws SandboxException {
    death.check();
    copy(local, place.directory().resolve(remote));
  }

  @Override
  public boolean download(String remote, Path local) throws SandboxException {
    death.check();
    Path source = place.directory().resolve(remote);
    if (!Files.isRegularFile(source)) {
      return false;
    }
    return copy(source, local);
  }

  private static boolean copy(Path from, Path to) throws SandboxException {
    try {
      Files.createDirectories(to.toAbsolutePath().getParent());
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (NoSuchFileException e) {
      if (from.toString().equals(e.getFile())) {
        return false;
      }
      throw notCopied(from, to, e);
    } catch (IOException e) {
      throw notCopied(from, to, e);
    }
  }

  private static SandboxException notCopied(Path from, Path to, IOException e) {
    return new SandboxException.Transient(
        "'" + from + "' could not be copied to '" + to + "': " + e, e);
  }

  @Override
  public void close() throws SandboxException {
    boolean first = death.tell(Death.of(Death.Cause.CLOSED, ""));
    running.forEach(ChildProcess::kill);
    handle.end();
    if (first) {
      whenClosed.accept(this);
    }
  }
}
