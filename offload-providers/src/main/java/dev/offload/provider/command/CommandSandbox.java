package dev.offload.provider.command;

import static dev.offload.provider.shell.Script.quote;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.Folders;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.process.Stdin;
import dev.offload.provider.shell.Answer;
import dev.offload.provider.shell.CommandTemplate;
import dev.offload.provider.shell.Exports;
import dev.offload.provider.shell.InSandbox;
import dev.offload.provider.shell.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Use a sandbox through the user's commands.
final class CommandSandbox implements Sandbox {
  private static final Duration POLL_PATIENCE = Duration.ofSeconds(5);

  /// How a command ends whose folder cannot be entered, or whose program cannot be run.
  private static final Exit NOT_BEGUN = new Exit.Exited(126);

  private final SandboxId id;
  private final String handle;
  private final CommandProvider provider;
  private final DeathLatch death = new DeathLatch();
  private final InSandbox inside;
  private final SandboxFiles files;
  private final Map<String, String> variableFiles = new ConcurrentHashMap<>();
  private final ReentrantLock closing = new ReentrantLock();
  private boolean destroyed;
  private volatile String scratch = "";

  CommandSandbox(SandboxId id, String handle, CommandProvider provider, CommandSettings settings) {
    this.id = id;
    this.handle = handle;
    this.provider = provider;
    this.inside =
        new InSandbox(
            provider.shell(),
            settings.exec(),
            Map.of("sandbox_id", quote(handle), "cpu_cores", settings.cpuCores()),
            death);
    this.files = new SandboxFiles(inside, settings, provider.variables());
  }

  /// Make the scratch folder; that shows that the sandbox can be used.
  void open() throws SandboxException, InterruptedException {
    String folder = "\"${TMPDIR:-/tmp}\"/offload-" + ProcessMark.fresh().token();
    scratch =
        files
            .succeed(
                "umask 077 && mkdir -p " + folder + " && cd " + folder + " && pwd -P",
                Stdin.empty())
            .strip();
  }

  @Override
  public SandboxId id() {
    return id;
  }

  @Override
  public String handle() {
    return handle;
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
    CommandTemplate poll = provider.settings().poll();
    if (!poll.isPresent()) {
      return new Liveness.Unknown("there is no poll_command");
    }
    try {
      Answer answer = inside.ask(poll, Map.of(), POLL_PATIENCE);
      return answer.exit().isSuccess()
          ? new Liveness.Alive()
          : new Liveness.Unknown(answer.inWords());
    } catch (SandboxDead e) {
      return new Liveness.Dead(e.death());
    } catch (SandboxException e) {
      return new Liveness.Unknown(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Exit run(Command command, OutputSink output)
      throws SandboxException, InterruptedException {
    death.check();
    Exit exit = inside.run(script(command), output);
    String root = provider.directory("");
    if (command.workingDirectory().isEmpty()
        && !root.isEmpty()
        && !provider.hasEnteredRoot(!exit.equals(NOT_BEGUN))) {
      checkThere(root);
    }
    return exit;
  }

  /// A project root that no command could enter so far is a mistake in the configuration.
  private void checkThere(String root) throws SandboxException, InterruptedException {
    Exit there =
        inside.run(Script.of("[ -d " + quote(root) + " ]", Stdin.empty()), OutputSink.discard());
    if (there.equals(new Exit.Exited(1))) {
      throw new SandboxException.Fatal(
          "the folder "
              + root
              + " is not in the sandbox: set `sandbox_project_root` in [offload] to where the project is",
          null);
    }
  }

  private Script script(Command command) throws SandboxException, InterruptedException {
    Exports exports = Exports.of(command);
    String open = exports.open();
    String secret = exports.secret();
    String directory = provider.directory(command.workingDirectory());
    Variables variables = provider.variables();
    String plain = Script.run(command, directory, open);
    if (secret.isEmpty()) {
      return Script.isLong(plain) ? throughStdin(command, plain) : Script.of(plain, Stdin.empty());
    }
    return switch (variables.way(inside)) {
      case STDIN -> Script.secretly(command, directory, exports);
      case FILE ->
          Script.of(
              Script.run(command, directory, ". " + quote(variableFile(secret)) + "; " + open),
              Stdin.empty());
      case COMMAND_LINE -> Script.of(Script.run(command, directory, secret + open), Stdin.empty());
    };
  }

  private Script throughStdin(Command command, String shell)
      throws SandboxException, InterruptedException {
    if (!provider.variables().hasStdin(inside)) {
      throw new SandboxException.Fatal(
          "the command '%s' has %s characters, too many for a command line; make exec_command hand on standard input"
              .formatted(command.argv().getFirst(), shell.length()),
          null);
    }
    return Script.throughStdin(shell, "");
  }

  /// Put variables into a file in the sandbox, once.
  private String variableFile(String exports) throws SandboxException, InterruptedException {
    String known = variableFiles.get(exports);
    if (known != null) {
      return known;
    }
    String remote = scratch + "/variables-" + ProcessMark.fresh().token();
    try {
      Path local = Files.createTempFile("offload-variables-", "");
      try {
        Files.writeString(local, exports + "\n");
        files.upload(local, remote);
      } finally {
        Files.delete(local);
      }
    } catch (IOException e) {
      throw new SandboxException.Transient("no file for the variables could be made: " + e, e);
    }
    variableFiles.put(exports, remote);
    return remote;
  }

  @Override
  public void upload(Path local, String remote) throws SandboxException, InterruptedException {
    death.check();
    files.upload(local, provider.directory(remote));
  }

  @Override
  public boolean download(String remote, Path local) throws SandboxException, InterruptedException {
    death.check();
    return files.download(provider.directory(remote), local);
  }

  /// End the sandbox with the destroy command, which is called once, whatever comes of it.
  @Override
  public void close() throws SandboxException {
    inside.died(Death.of(Death.Cause.CLOSED, ""));
    closing.lock();
    try {
      if (!destroyed) {
        destroyed = true;
        provider.forget(this);
        try {
          provider.destroy(handle);
        } finally {
          removeSharedScratch();
        }
      }
    } finally {
      closing.unlock();
    }
  }

  /// A sandbox may share the files of this machine; then its scratch folder, whose name is random,
  /// survived it.
  private void removeSharedScratch() throws SandboxException {
    try {
      if (!scratch.isEmpty()) {
        Folders.remove(Path.of(scratch));
      }
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + scratch + "' could not be removed: " + e, e);
    }
  }
}
