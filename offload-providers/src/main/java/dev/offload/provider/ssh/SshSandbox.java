package dev.offload.provider.ssh;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.shell.ExecFiles;
import dev.offload.provider.shell.Exports;
import dev.offload.provider.shell.InSandbox;
import dev.offload.provider.shell.Script;
import dev.offload.provider.shell.Uninterrupted;
import dev.offload.provider.ssh.SshConnection.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Run commands on a host, in a private folder and with a mark by which the keeper finds them.
final class SshSandbox implements Sandbox {
  /// How long the keeper may take to end a sandbox.
  static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private static final Duration START_PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL_PATIENCE = Duration.ofSeconds(3);

  private final SandboxId id;
  private final SshHost host;
  private final SshConnection connection;
  private final String token;
  private final DeathLatch death = new DeathLatch();
  private final InSandbox inside;
  private final ExecFiles files;
  private final Consumer<Death> listener = this::died;
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean hasSlot = new AtomicBoolean(true);
  private volatile String scratch = "";

  /// Make it; its place on the connection, and the slot that was reserved, are its own from now on.
  SshSandbox(SandboxId id, SshHost host, SshConnection connection) {
    this.id = id;
    this.host = host;
    this.connection = connection;
    this.token = ProcessMark.fresh().token();
    this.inside = connection.exec(death, new ProcessMark(token).part(0));
    this.files = new ExecFiles(inside);
    connection.whenOver(listener);
  }

  /// Make the private folder on the host.
  void open() throws SandboxException, InterruptedException {
    try {
      scratch = connection.order("open", token, START_PATIENCE);
    } catch (Refused e) {
      leave();
      throw new SandboxException.Transient(
          "no folder could be made on " + host.address() + ": " + e.why(), e);
    } catch (InterruptedException | SandboxException e) {
      // The order may have been carried out; the keeper ends it with the connection at the latest.
      leave();
      Optional<String> _ = Uninterrupted.get(this::askKeeperToClose);
      throw e;
    }
  }

  /// What is dead needs no slot: another sandbox may have it before this one is closed.
  private void died(Death cause) {
    inside.died(cause);
    leave();
  }

  /// Give back the place on the connection and the slot.
  private void leave() {
    connection.forget(listener);
    if (hasSlot.compareAndSet(true, false)) {
      host.release();
    }
  }

  @Override
  public SandboxId id() {
    return id;
  }

  @Override
  public String handle() {
    return host.address() + " " + token;
  }

  @Override
  public Optional<String> host() {
    return Optional.of(host.address().toString());
  }

  @Override
  public String place() {
    return "on " + host.address();
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
  public Liveness poll() throws InterruptedException {
    Optional<Death> known = death.now();
    if (known.isPresent()) {
      return new Liveness.Dead(known.get());
    }
    if (connection.isSilent()) {
      return new Liveness.Unknown(host.address() + " does not answer");
    }
    try {
      String _ = connection.order("ping", "ping-" + ProcessMark.fresh().token(), POLL_PATIENCE);
      return new Liveness.Alive();
    } catch (SandboxException.SandboxDead e) {
      return new Liveness.Dead(e.death());
    } catch (Refused | SandboxException e) {
      return new Liveness.Unknown(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Exit run(Command command, OutputSink output)
      throws SandboxException, InterruptedException {
    death.check();
    Map<String, String> own = new HashMap<>();
    ProcessMark mark = new ProcessMark(token).part(runs.incrementAndGet());
    own.put(ProcessMark.VARIABLE, mark.token());
    if (!command.env().containsKey("TMPDIR")) {
      own.put("TMPDIR", scratch);
    }
    // Where the project really is, whatever the configuration calls its place in a sandbox.
    own.put("OFFLOAD_ROOT", host.remote(""));
    Command marked = command.withEnv(own);
    String directory = host.remote(command.workingDirectory());
    try {
      return inside.run(Script.secretly(marked, directory, Exports.of(marked)), output);
    } catch (InterruptedException e) {
      connection.tell("kill", mark.token());
      throw e;
    }
  }

  @Override
  public void upload(Path local, String remote) throws SandboxException, InterruptedException {
    death.check();
    String own = scratch + "/";
    if (remote.startsWith(own)) {
      // The keeper may remove the folder at any time, and nothing may stay behind.
      files.uploadInto(scratch, local, remote.substring(own.length()));
    } else {
      files.upload(local, host.remote(remote));
    }
  }

  @Override
  public boolean download(String remote, Path local) throws SandboxException, InterruptedException {
    death.check();
    return files.download(host.remote(remote), local);
  }

  @Override
  public void close() throws SandboxException {
    inside.died(Death.of(Death.Cause.CLOSED, ""));
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    leave();
    if (connection.isSilent()) {
      // Whether the keeper hears this or not, it ends all its sandboxes when it hears no more.
      connection.tell("close", token);
    } else if (!connection.isOver()) {
      Optional<String> failure = Uninterrupted.get(this::askKeeperToClose);
      if (failure.isPresent()) {
        throw new SandboxException.Transient(failure.get(), null);
      }
    }
  }

  /// Return why the keeper did not confirm, unless its connection is over or silent: then it does
  /// it alone.
  private Optional<String> askKeeperToClose() throws InterruptedException {
    try {
      String _ = connection.order("close", token, CLOSE_PATIENCE);
      return Optional.empty();
    } catch (SandboxException.SandboxDead _) {
      return Optional.empty();
    } catch (Refused | SandboxException e) {
      return connection.isSilent() ? Optional.empty() : Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
