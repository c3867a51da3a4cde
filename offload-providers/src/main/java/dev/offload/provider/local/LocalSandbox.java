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
import dev.offload.provider.process.ChildProcess;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.Folders;
import dev.offload.provider.process.ProcessSpec;
import dev.offload.provider.process.Stdin;
import java.nio.file.Path;
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
    return death.poll();
  }

  @Override
  public Exit run(Command command, OutputSink output)
      throws SandboxException, InterruptedException {
    death.check();
    ChildProcess child;
    try {
      child = ChildProcess.start(spec(command), output);
    } catch (CannotStart e) {
      return e.asExit(output);
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

  @Override
  public void upload(Path local, String remote) throws SandboxException {
    death.check();
    if (!Folders.copy(local, place.directory().resolve(remote))) {
      throw new SandboxException.Fatal("there is no file '" + local + "' to upload", null);
    }
  }

  @Override
  public boolean download(String remote, Path local) throws SandboxException {
    death.check();
    return Folders.copy(place.directory().resolve(remote), local);
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
