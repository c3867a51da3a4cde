package dev.offload.provider.ssh;

import static dev.offload.provider.shell.Script.quote;

import dev.offload.api.command.Exit;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.ExecFiles;
import dev.offload.provider.shell.InSandbox;
import dev.offload.provider.shell.Lines;
import dev.offload.provider.shell.LocalShell;
import dev.offload.provider.shell.Script;
import dev.offload.provider.ssh.SshConnection.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Use one host: its connections, its workspace, and the slots for sandboxes it has.
///
/// The host is lost when its last connection is, or when all are silent. The end of one of several
/// costs the sandboxes of that one; another is opened when there are new sandboxes for it.
final class SshHost {
  /// How much of what a failing `sandbox_init_cmd` said is told.
  private static final int LAST_LINES = 10;

  private static final Duration COME_BACK = Duration.ofSeconds(10);

  /// How long one thread waits for another that is trying the host: another host may have a slot.
  private static final Duration OTHERS_TRY = Duration.ofSeconds(3);

  private final HostAddress address;
  private final SshSettings settings;
  private final String initCommand;
  private final Access access;
  private final ReentrantLock connecting = new ReentrantLock();
  private final List<SshConnection> connections = new CopyOnWriteArrayList<>();
  private final AtomicInteger used = new AtomicInteger();
  private @Nullable SshConnection locking;
  private volatile boolean prepared;
  private volatile int slots = 1;
  private volatile String workspace = "";
  private volatile String lastFailure = "";
  private volatile long retryAt = System.nanoTime();

  /// Hold what the connections of one run are made with.
  ///
  /// @param controlFolder where their sockets are
  /// @param run names the run on the hosts
  record Access(LocalShell shell, Path controlFolder, String run) {}

  SshHost(HostAddress address, SshSettings settings, String initCommand, Access access) {
    this.address = address;
    this.settings = settings;
    this.initCommand = initCommand;
    this.access = access;
  }

  HostAddress address() {
    return address;
  }

  /// Return whether sandboxes can be started now.
  boolean isUsable() {
    return prepared && isConnected();
  }

  private boolean isConnected() {
    return connections.stream().anyMatch(SshConnection::isUsable);
  }

  private boolean mayHaveComeBack() {
    return !isUsable() && System.nanoTime() - retryAt >= 0;
  }

  /// Return whether somebody is trying to connect right now.
  boolean isBeingTried() {
    return connecting.isLocked();
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
      prepared = false;
      SshConnection connection = connect();
      try {
        prepare(connection, copies, progress);
        prepared = true;
      } finally {
        if (!prepared) {
          connection.close();
        }
      }
    } catch (SandboxException e) {
      lastFailure = e.getMessage();
      retryAt = System.nanoTime() + COME_BACK.toNanos();
      throw e;
    } finally {
      connecting.unlock();
    }
  }

  private void prepare(SshConnection connection, List<PreparedCopy> copies, ProgressSink progress)
      throws SandboxException, InterruptedException {
    slots = settings.slots() == 0 ? connection.processors() : settings.slots();
    String named = settings.workspace();
    workspace = named.startsWith("/") ? named : connection.home() + "/" + named;
    holdLock();
    try {
      fill(connection, copies, progress);
    } catch (SandboxException.Transient e) {
      throw new SandboxException.Transient(address + ": " + e.getMessage(), e);
    }
  }

  /// Prepare the host again when it was lost; one that did not answer is left alone for a while.
  ///
  /// @return whether it is back through this; false also while somebody else is trying it for long
  boolean takeBack(List<PreparedCopy> copies, ProgressSink progress)
      throws SandboxException, InterruptedException {
    if (!mayHaveComeBack()) {
      return false;
    }
    if (!connecting.tryLock(OTHERS_TRY.toMillis(), TimeUnit.MILLISECONDS)) {
      return false;
    }
    try {
      if (!mayHaveComeBack()) {
        return false;
      }
      prepare(copies, progress);
      return true;
    } finally {
      connecting.unlock();
    }
  }

  private SshConnection connect() throws SandboxException, InterruptedException {
    connections.removeIf(SshConnection::isOver);
    SshConnection connection = open();
    connections.add(connection);
    connection.whenOver(death -> lastFailure = death.message());
    return connection;
  }

  private SshConnection open() throws SandboxException, InterruptedException {
    return SshConnection.open(address, settings.options(), access);
  }

  /// Keep other runs out of the workspace, through a connection that lives.
  private void holdLock() throws SandboxException, InterruptedException {
    SshConnection holder = locking;
    if (holder != null && holder.isUsable()) {
      return;
    }
    for (SshConnection connection : connections) {
      if (connection.isUsable()) {
        try {
          connection.lock(workspace);
          locking = connection;
          return;
        } catch (Refused e) {
          throw new SandboxException.Transient(address + ": " + e.why(), e);
        }
      }
    }
  }

  private void fill(SshConnection connection, List<PreparedCopy> copies, ProgressSink progress)
      throws SandboxException, InterruptedException {
    InSandbox inside = connection.exec();
    ExecFiles files = new ExecFiles(inside);
    for (PreparedCopy copy : copies) {
      int sent = new WorkspaceCopy(files, access.shell()).copy(copy.tree(), remote(copy.remote()));
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
    Deque<String> last = new ArrayDeque<>();
    Lines lines =
        new Lines(line -> {
          progress.line(address + ": " + line);
          last.addLast(line);
          if (last.size() > LAST_LINES) {
            last.removeFirst();
          }
        });
    String command = "cd -- " + quote(workspace) + " && exec sh -c " + quote(initCommand);
    Exit exit =
        inside.run(Script.of(command + " </dev/null", Stdin.empty()), Lines.sink(lines, lines));
    lines.flush();
    if (!exit.isSuccess()) {
      String words = last.isEmpty() ? "" : ": " + String.join("\n", last);
      throw new SandboxException.Transient(
          "sandbox_init_cmd ended with " + exit.inWords() + words, null);
    }
  }

  /// Start a sandbox in a slot that was reserved; the slot is given back when the sandbox dies or
  /// is closed, or when this fails.
  SshSandbox start(SandboxId id) throws SandboxException, InterruptedException {
    SshSandbox sandbox = place(id);
    sandbox.open();
    return sandbox;
  }

  /// Find a connection with room for one more, or open one.
  private SshSandbox place(SandboxId id) throws SandboxException, InterruptedException {
    boolean placed = false;
    connecting.lockInterruptibly();
    try {
      SshConnection connection = withRoom();
      holdLock();
      SshSandbox sandbox = new SshSandbox(id, this, connection);
      placed = true;
      return sandbox;
    } finally {
      connecting.unlock();
      if (!placed) {
        release();
      }
    }
  }

  private SshConnection withRoom() throws SandboxException, InterruptedException {
    for (SshConnection connection : connections) {
      // One listener is the host itself.
      if (connection.isUsable() && connection.listeners() <= SshConnection.SANDBOXES) {
        return connection;
      }
    }
    return connect();
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
    SshConnection connection = open();
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
      prepared = false;
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
