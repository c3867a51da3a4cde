package dev.offload.provider.ssh;

import static dev.offload.provider.shell.Script.quote;

import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.ExecFiles;
import dev.offload.provider.shell.InSandbox;
import dev.offload.provider.shell.Lines;
import dev.offload.provider.shell.LocalShell;
import dev.offload.provider.shell.Script;
import dev.offload.provider.ssh.SshConnection.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// Use one host: its connections, its workspace, and the slots for sandboxes it has.
final class SshHost {
  private static final Duration COME_BACK = Duration.ofSeconds(10);

  private final HostAddress address;
  private final SshSettings settings;
  private final String initCommand;
  private final LocalShell shell;
  private final Path controlFolder;
  private final ReentrantLock connecting = new ReentrantLock();
  private final List<SshConnection> connections = new ArrayList<>();
  private final AtomicInteger used = new AtomicInteger();
  private volatile boolean usable;
  private volatile int slots = 1;
  private volatile String workspace = "";
  private volatile String lastFailure = "";
  private volatile long triedAt;

  SshHost(
      HostAddress address,
      SshSettings settings,
      String initCommand,
      LocalShell shell,
      Path controlFolder) {
    this.address = address;
    this.settings = settings;
    this.initCommand = initCommand;
    this.shell = shell;
    this.controlFolder = controlFolder;
  }

  HostAddress address() {
    return address;
  }

  /// Return whether sandboxes can be started now.
  boolean isUsable() {
    return usable;
  }

  /// Return whether the host was lost long enough ago to be tried again.
  boolean mayHaveComeBack() {
    return !usable && System.nanoTime() - triedAt > COME_BACK.toNanos();
  }

  /// Return why the host cannot be used.
  String lastFailure() {
    return lastFailure;
  }

  int slots() {
    return slots;
  }

  int used() {
    return used.get();
  }

  /// Take a slot, if there is one.
  boolean reserve() {
    return used.getAndUpdate(now -> now < slots ? now + 1 : now) < slots;
  }

  /// Give a slot back.
  void release() {
    used.decrementAndGet();
  }

  /// Connect, bring the workspace up to date and run the init command.
  void prepare(List<PreparedCopy> copies, ProgressSink progress)
      throws SandboxException, InterruptedException {
    connecting.lockInterruptibly();
    try {
      triedAt = System.nanoTime();
      connections.removeIf(SshConnection::isOver);
      SshConnection connection = connect();
      slots = settings.slots() == 0 ? connection.processors() : settings.slots();
      String named = settings.workspace();
      workspace = named.startsWith("/") ? named : connection.home() + "/" + named;
      connection.lock(workspace);
      fill(connection, copies, progress);
      usable = true;
    } catch (Refused e) {
      throw failed(new SandboxException.Transient(address + ": " + e.why(), e));
    } catch (SandboxException e) {
      throw failed(e);
    } finally {
      connecting.unlock();
    }
  }

  private SandboxException failed(SandboxException e) {
    lastFailure = e.getMessage();
    return e;
  }

  private SshConnection connect() throws SandboxException, InterruptedException {
    SshConnection connection =
        SshConnection.open(address, settings.options(), controlFolder, shell);
    connections.add(connection);
    connection.whenOver(death -> {
      usable = false;
      lastFailure = death.message();
      triedAt = System.nanoTime();
    });
    return connection;
  }

  private void fill(SshConnection connection, List<PreparedCopy> copies, ProgressSink progress)
      throws SandboxException, InterruptedException {
    InSandbox inside = connection.exec(new DeathLatch());
    ExecFiles files = new ExecFiles(inside);
    for (PreparedCopy copy : copies) {
      int sent = new WorkspaceCopy(files, shell).copy(copy.tree(), remote(copy.remote()));
      if (sent > 0) {
        progress.line(address + ": " + sent + (sent == 1 ? " file" : " files") + " sent");
      }
    }
    if (copies.isEmpty()) {
      files.succeed("cd -- " + quote(workspace), Stdin.empty());
    }
    if (!initCommand.isBlank()) {
      init(inside, progress);
    }
  }

  private void init(InSandbox inside, ProgressSink progress)
      throws SandboxException, InterruptedException {
    Lines lines = new Lines(line -> progress.line(address + ": " + line));
    OutputSink sink =
        new OutputSink() {
          @Override
          public void stdout(byte[] buffer, int offset, int length) {
            lines.take(buffer, offset, length);
          }

          @Override
          public void stderr(byte[] buffer, int offset, int length) {
            lines.take(buffer, offset, length);
          }
        };
    String command = "cd -- " + quote(workspace) + " && exec sh -c " + quote(initCommand);
    Exit exit = inside.run(Script.of(command + " </dev/null", Stdin.empty()), sink);
    lines.flush();
    if (!exit.isSuccess()) {
      throw new SandboxException.Transient(
          address + ": sandbox_init_cmd ended with " + exit.inWords(), null);
    }
  }

  /// Start a sandbox in a slot that was reserved; the slot is given back when it is closed, or when
  /// this fails.
  SshSandbox start(SandboxId id) throws SandboxException, InterruptedException {
    boolean started = false;
    try {
      SshSandbox sandbox = place(id);
      sandbox.open();
      started = true;
      return sandbox;
    } finally {
      if (!started) {
        release();
      }
    }
  }

  /// Find a connection with room for one more, or open one.
  private SshSandbox place(SandboxId id) throws SandboxException, InterruptedException {
    connecting.lockInterruptibly();
    try {
      connections.removeIf(SshConnection::isOver);
      for (SshConnection connection : connections) {
        // One listener is the host itself.
        if (connection.listeners() <= SshConnection.SANDBOXES) {
          return new SshSandbox(id, this, connection);
        }
      }
      return new SshSandbox(id, this, connect());
    } finally {
      connecting.unlock();
    }
  }

  /// Return a path on the host, taken from the workspace when it is relative.
  String remote(String named) {
    if (named.startsWith("/")) {
      return named;
    }
    return named.isEmpty() ? workspace : workspace + "/" + named;
  }

  /// Open a connection of its own to end what an earlier run left.
  void reap(String token) throws SandboxException, InterruptedException {
    SshConnection connection =
        SshConnection.open(address, settings.options(), controlFolder, shell);
    try {
      String _ = connection.order("close", token, SshSandbox.CLOSE_PATIENCE);
    } catch (Refused e) {
      throw new SandboxException.Transient(address + ": " + e.why(), e);
    } finally {
      connection.close();
    }
  }

  /// End everything on this host.
  void close() throws InterruptedException {
    connecting.lockInterruptibly();
    try {
      usable = false;
      for (SshConnection connection : connections) {
        connection.close();
      }
    } finally {
      connecting.unlock();
    }
  }

  /// Say what goes where.
  ///
  /// @param remote as [SshSettings.Copy] has it
  record PreparedCopy(LocalTree tree, String remote) {}
}
