package dev.offload.provider.modal;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.command.ShellWords;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.provider.process.DeathLatch;
import dev.offload.provider.process.ProcessMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Use one sandbox at Modal.
final class ModalSandbox implements Sandbox {
  private static final Duration POLL = Duration.ofSeconds(6);

  /// Many that are closed at once wait for each other.
  private static final Duration CLOSE = Duration.ofSeconds(30);

  private static final Duration MARGIN = Duration.ofMinutes(1);
  private static final Duration TRANSFER = Duration.ofSeconds(60);

  /// A transfer may take a minute, and longer for a big file: at least this many bytes a second.
  private static final long SLOWEST_TRANSFER = 1 << 20;

  /// The SDK takes 65,536 characters.
  private static final int LONGEST_COMMAND = 60_000;

  private final SandboxId id;
  private final String handle;
  private final String scratch;
  private final ModalProvider provider;
  private final Bridge bridge;
  private final ModalSettings settings;
  private final DeathLatch death;
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  ModalSandbox(
      SandboxId id,
      String handle,
      String scratch,
      ModalProvider provider,
      Bridge bridge,
      ModalSettings settings) {
    this.id = id;
    this.handle = handle;
    this.scratch = scratch;
    this.provider = provider;
    this.bridge = bridge;
    this.settings = settings;
    this.death = bridge.latch(handle);
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
    try {
      Map<?, ?> _ = ask("poll", Map.of(), POLL);
      return new Liveness.Alive();
    } catch (SandboxDead e) {
      return new Liveness.Dead(e.death());
    } catch (SandboxException e) {
      return new Liveness.Unknown(e.getMessage());
    }
  }

  @Override
  public Exit run(Command command, OutputSink output)
      throws SandboxException, InterruptedException {
    death.check();
    Map<String, Object> arguments =
        Map.of(
            "sandbox", handle,
            "argv", argv(command),
            "env", command.env(),
            "directory", inSandbox(command.workingDirectory()),
            "mark", ProcessMark.fresh().token(),
            "timeout", ModalProvider.wholeSeconds(settings.lifetime()));
    Map<?, ?> ended = ask("exec", arguments, settings.lifetime().plus(MARGIN), output);
    return Exit.ofShellStatus(Reply.number(ended, "code", 0));
  }

  /// A command that is too long is handed over as a file.
  private List<String> argv(Command command) throws SandboxException, InterruptedException {
    int length = command.argv().stream().mapToInt(String::length).sum();
    if (length <= LONGEST_COMMAND) {
      return command.argv();
    }
    String script = scratch + "/command-" + ProcessMark.fresh().token();
    try {
      Path local = Files.createTempFile("offload-command-", "");
      try {
        Files.writeString(local, "exec " + ShellWords.join(command.argv()) + "\n");
        upload(local, script);
      } finally {
        Files.delete(local);
      }
      return List.of("sh", script);
    } catch (IOException e) {
      throw new SandboxException.Transient("a long command could not be written: " + e, e);
    }
  }

  private String inSandbox(String path) {
    if (path.startsWith("/")) {
      return path;
    }
    return path.isEmpty() ? settings.workdir() : settings.workdir() + "/" + path;
  }

  @Override
  public void upload(Path local, String remote) throws SandboxException, InterruptedException {
    Duration longest = transferTime(local);
    Map<?, ?> _ =
        ask(
            "upload",
            Map.of(
                "local", local.toAbsolutePath().toString(),
                "remote", inSandbox(remote),
                "timeout", ModalProvider.wholeSeconds(longest)),
            longest.plus(MARGIN));
  }

  private static Duration transferTime(Path local) throws SandboxException.Transient {
    try {
      return TRANSFER.plusSeconds(Files.size(local) / SLOWEST_TRANSFER);
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + local + "' could not be read: " + e, e);
    }
  }

  /// How big the file is, is not known: the engine watches over the sandbox meanwhile.
  @Override
  public boolean download(String remote, Path local) throws SandboxException, InterruptedException {
    Map<?, ?> ended =
        ask(
            "download",
            Map.of(
                "local", local.toAbsolutePath().toString(),
                "remote", inSandbox(remote),
                "timeout", ModalProvider.wholeSeconds(settings.lifetime())),
            settings.lifetime().plus(MARGIN));
    return Reply.truth(ended, "there");
  }

  private Map<?, ?> ask(String op, Map<String, Object> arguments, Duration longest)
      throws SandboxException, InterruptedException {
    return ask(op, arguments, longest, OutputSink.discard());
  }

  private Map<?, ?> ask(
      String op, Map<String, Object> arguments, Duration longest, OutputSink output)
      throws SandboxException, InterruptedException {
    death.check();
    Map<String, Object> all = new HashMap<>(arguments);
    all.put("sandbox", handle);
    Call[] begun = new Call[1];
    try {
      return bridge.ask(
          new Bridge.Request(op, all, longest),
          output,
          _ -> {},
          call -> {
            begun[0] = call;
            calls.add(call);
            // The sandbox may have been closed since it was looked at.
            death.now().ifPresent(what -> call.fail(new SandboxDead(what)));
          });
    } catch (SandboxDead e) {
      death.tell(e.death());
      throw new SandboxDead(death.now().orElse(e.death()));
    } finally {
      if (begun[0] != null) {
        calls.remove(begun[0]);
      }
    }
  }

  @Override
  public void close() throws SandboxException {
    Death ours = Death.of(Death.Cause.CLOSED, "");
    boolean alive = death.tell(ours);
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    death.now().ifPresent(what -> calls.forEach(call -> call.fail(new SandboxDead(what))));
    provider.forget(this);
    try {
      if (alive || isUncertain()) {
        Map<?, ?> _ =
            bridge.askToEnd(new Bridge.Request("terminate", Map.of("sandbox", handle), CLOSE));
      }
      bridge.forget(handle);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new SandboxException.Transient("interrupted while " + handle + " was ended", null);
    }
  }

  private boolean isUncertain() {
    return death.now().map(what -> what.cause() == Death.Cause.LOST).orElse(false);
  }
}
