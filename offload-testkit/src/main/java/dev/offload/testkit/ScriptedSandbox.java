package dev.offload.testkit;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A sandbox that goes wrong by the script of its provider.
final class ScriptedSandbox implements Sandbox {
  private final ScriptedProvider provider;
  private final SandboxId id;
  private final Path directory;
  private final Path scratch;
  private final Optional<ScriptedProvider.Answers> answers;
  private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
  private final AtomicReference<@Nullable Death> death = new AtomicReference<>();
  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Set<PlainProcess> running = ConcurrentHashMap.newKeySet();
  private volatile boolean hanging;

  ScriptedSandbox(
      ScriptedProvider provider,
      SandboxId id,
      Path directory,
      Optional<ScriptedProvider.Answers> answers) {
    this.provider = provider;
    this.id = id;
    this.directory = directory;
    this.answers = answers;
    try {
      this.scratch = Files.createTempDirectory("offload-scripted-" + id + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public SandboxId id() {
    return id;
  }

  @Override
  public String handle() {
    return "scripted-" + scratch.getFileName();
  }

  @Override
  public String scratch() {
    return scratch.toString();
  }

  @Override
  public Death awaitDeath() throws InterruptedException {
    told.await();
    return known();
  }

  private Death known() {
    Death known = death.get();
    return known == null ? Death.of(Death.Cause.CLOSED, "") : known;
  }

  @Override
  public Liveness poll() throws InterruptedException {
    try {
      begin(Operation.POLL, OutputSink.discard());
    } catch (SandboxDead e) {
      return new Liveness.Dead(e.death());
    } catch (SandboxException e) {
      return new Liveness.Unknown(String.valueOf(e.getMessage()));
    }
    return hanging ? new Liveness.Unknown("no answer") : new Liveness.Alive();
  }

  @Override
  public Exit run(Command command, OutputSink output)
      throws SandboxException, InterruptedException {
    OutputSink sink = begin(Operation.RUN, output);
    if (answers.isPresent()) {
      Exit exit = answers.get().run(id, command, sink);
      check();
      return exit;
    }
    PlainProcess process = PlainProcess.start(command, directory, scratch, sink);
    running.add(process);
    try {
      if (death.get() != null) {
        process.kill();
      }
      Exit exit = process.await();
      check();
      return exit;
    } finally {
      running.remove(process);
    }
  }

  @Override
  public void upload(Path local, String remote) throws SandboxException, InterruptedException {
    begin(Operation.UPLOAD, OutputSink.discard());
    copy(local, directory.resolve(remote));
  }

  @Override
  public boolean download(String remote, Path local) throws SandboxException, InterruptedException {
    begin(Operation.DOWNLOAD, OutputSink.discard());
    Path source = directory.resolve(remote);
    if (!Files.isRegularFile(source)) {
      return false;
    }
    copy(source, local);
    return true;
  }

  private static void copy(Path from, Path to) throws SandboxException {
    try {
      Files.createDirectories(Optional.ofNullable(to.getParent()).orElse(Path.of(".")));
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + from + "' was not copied: " + e, e);
    }
  }

  /// Let the script have its way with an operation.
  ///
  /// @return where the output of the operation is to go
  private OutputSink begin(Operation operation, OutputSink output)
      throws SandboxException, InterruptedException {
    check();
    Optional<Fault> fault = provider.begin(id, operation, counts);
    if (fault.isEmpty()) {
      return output;
    }
    switch (fault.get()) {
      case Fault.Fails(var failure) -> throw failure.get();
      case Fault.Dies(Death what) -> die(what);
      case Fault.DiesUnseen(Death what) -> dieUnseen(what);
      case Fault.HangsSilently() -> {
        hanging = true;
        over.await();
      }
      case Fault.IsSlow(var delay) -> {
        boolean _ = over.await(delay.toMillis(), TimeUnit.MILLISECONDS);
      }
      case Fault.DiesMidOutput(int bytes, Death what) -> {
        return new Mortal(output, bytes, what);
      }
    }
    check();
    return output;
  }

  private void check() throws SandboxDead {
    if (death.get() != null) {
      throw new SandboxDead(known());
    }
  }

  private void die(Death what) {
    dieUnseen(what);
    told.countDown();
  }

  private void dieUnseen(Death what) {
    death.compareAndSet(null, what);
    running.forEach(PlainProcess::kill);
    over.countDown();
  }

  @Override
  public void close() throws SandboxException {
    Optional<Fault> fault = provider.begin(id, Operation.CLOSE, counts);
    die(Death.of(Death.Cause.CLOSED, ""));
    provider.closed(this);
    remove();
    if (fault.isPresent() && fault.get() instanceof Fault.Fails(var failure)) {
      throw failure.get();
    }
  }

  private void remove() {
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException _) {
      return; // a process that was just killed may have made one more
    }
  }

  /// Let some bytes of standard output through, then die.
  private final class Mortal implements OutputSink {
    private final OutputSink output;
    private final Death what;
    private int left;

    Mortal(OutputSink output, int bytes, Death what) {
      this.output = output;
      this.left = bytes;
      this.what = what;
    }

    @Override
    public void stdout(byte[] buffer, int offset, int length) {
      int passed = Math.min(left, length);
      if (passed > 0) {
        output.stdout(buffer, offset, passed);
      }
      left -= passed;
      if (passed < length) {
        die(what);
      }
    }

    @Override
    public void stderr(byte[] buffer, int offset, int length) {
      output.stderr(buffer, offset, length);
    }
  }

  /// A process of this machine, as plain as can be.
  private record PlainProcess(Process process, List<Thread> pumps) {
    static PlainProcess start(Command command, Path directory, Path scratch, OutputSink sink)
        throws SandboxException {
      ProcessBuilder builder =
          new ProcessBuilder(command.argv())
              .directory(directory.resolve(command.workingDirectory()).toFile())
              .redirectInput(Path.of("/dev/null").toFile());
      builder.environment().put("TMPDIR", scratch.toString());
      builder.environment().putAll(command.env());
      try {
        Process process = builder.start();
        return new PlainProcess(
            process,
            List.of(
                pump(process.getInputStream(), sink::stdout),
                pump(process.getErrorStream(), sink::stderr)));
      } catch (IOException e) {
        throw new SandboxException.Fatal("'" + command.argv().getFirst() + "': " + e, e);
      }
    }

    private interface Bytes {
      void take(byte[] buffer, int offset, int length);
    }

    private static Thread pump(java.io.InputStream in, Bytes sink) {
      return Thread.ofPlatform()
          .daemon()
          .start(() -> {
            byte[] buffer = new byte[1 << 14];
            try {
              for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sink.take(buffer, 0, n);
              }
            } catch (IOException _) {
              return; // the process was killed
            }
          });
    }

    Exit await() throws InterruptedException {
      try {
        int status = process.waitFor();
        for (Thread pump : pumps) {
          pump.join(java.time.Duration.ofSeconds(5));
        }
        return Exit.ofShellStatus(status);
      } catch (InterruptedException e) {
        kill();
        throw e;
      }
    }

    void kill() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
