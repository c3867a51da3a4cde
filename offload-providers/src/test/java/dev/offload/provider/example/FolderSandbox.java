package dev.offload.provider.example;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.provider.process.ChildProcess;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.Folders;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.process.ProcessSpec;
import dev.offload.provider.process.Stdin;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A folder, and whatever processes carry its mark.
record FolderSandbox(
    SandboxId id,
    Path folder,
    ProcessMark mark,
    Consumer<FolderSandbox> whenClosed,
    DeathLatch death,
    AtomicInteger runs)
    implements Sandbox {

  FolderSandbox(SandboxId id, Path folder, ProcessMark mark, Consumer<FolderSandbox> whenClosed) {
    this(id, folder, mark, whenClosed, new DeathLatch(), new AtomicInteger());
  }

  @Override
  public String handle() {
    return mark.token();
  }

  @Override
  public String scratch() {
    return folder.toString();
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
    Path directory = folder.resolve(command.workingDirectory());
    ProcessMark one = mark.part(runs.incrementAndGet());
    Exit exit =
        ChildProcess.run(
            new ProcessSpec(command.argv(), command.env(), directory, Stdin.empty(), one), output);
    death.check();
    return exit;
  }

  @Override
  public void upload(Path local, String remote) throws SandboxException {
    death.check();
    Folders.copy(local, folder.resolve(remote));
  }

  @Override
  public boolean download(String remote, Path local) throws SandboxException {
    death.check();
    return Folders.copy(folder.resolve(remote), local);
  }

  @Override
  public void close() throws SandboxException {
    death.tell(Death.of(Death.Cause.CLOSED, ""));
    FolderProvider.end(folder, mark);
    whenClosed.accept(this);
  }
}
