package dev.offload.engine.session;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.event.BatchId;
import dev.offload.api.framework.BuiltFiles;
import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.Liveness;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.engine.dispatch.Action;
import dev.offload.engine.dispatch.Message;
import dev.offload.engine.dispatch.Message.BatchEnd;
import dev.offload.engine.session.SessionContext.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Run one batch in one sandbox and send what its tests do to the inbox while they do it.
///
/// [#run] belongs to the sandbox's thread; [#cancel] and [#silence] may be called from any other.
final class BatchRun {
  private static final int EVIDENCE_LINES = 40;
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(2);

  private final SessionContext context;
  private final Sandbox sandbox;
  private final WarmSlot warm;
  private final BatchId batch;
  private final List<Integer> tests;
  private final Consumer<Message> inbox;
  private final Work first;
  private final TestFramework framework;
  private final ExecutionRequest request;
  private final @Nullable BuiltHere built;
  private final Set<String> present;
  private final BatchOutput output;
  private final Retry retry;
  private final BitSet unfinished = new BitSet();
  private final BitSet finished = new BitSet();
  private final StringBuilder diagnoses = new StringBuilder();
  private volatile WrappedCommand command;
  private volatile boolean cancelled;
  private @Nullable WarmProcess used;
  private boolean over;
  private volatile boolean failures;
  private volatile boolean transferring;
  private volatile long transferBegan;

  /// @param present the built files that the sandbox has, by path there; grows
  BatchRun(
      SessionContext context,
      Sandbox sandbox,
      Set<String> present,
      WarmSlot warm,
      Action.RunBatch order,
      Consumer<Message> inbox) {
    this.context = context;
    this.sandbox = sandbox;
    this.warm = warm;
    this.batch = order.batch();
    this.tests = order.tests();
    this.inbox = inbox;
    this.retry = new Retry(context.retry());
    List<Work> work = tests.stream().map(context.work()::get).toList();
    this.first = work.getFirst();
    this.framework = first.framework();
    this.built = context.built().get(framework);
    this.present = present;
    this.request =
        new ExecutionRequest(
            work.stream().map(Work::test).toList(),
            sandbox.scratch() + "/" + batch,
            env(Map.of("OFFLOAD_BATCH_ID", batch.toString())),
            context.failFast(),
            work.stream().map(Work::timeout).max(Duration::compareTo).orElseThrow(),
            built == null ? BuiltFiles.NONE : built.in(sandbox.scratch()));
    this.output = new BatchOutput(framework.decoder(request), this::signal, context.logs(), batch);
    this.command = newCommand();
  }

  BatchId batch() {
    return batch;
  }

  /// Return for how long nothing was heard of the running command or file transfer, beyond the time
  /// that it may take to begin; zero while there is none.
  Duration silence() {
    return output.silence(context.provider().timeToBegin());
  }

  /// Return for how long a file has been on its way, which has no heartbeat; zero while none is.
  Duration transferTime() {
    return transferring ? Duration.ofNanos(System.nanoTime() - transferBegan) : Duration.ZERO;
  }

  /// Take note that the sandbox lives although a file takes its time.
  void lives() {
    if (transferring) {
      output.heard();
    }
  }

  /// Run the batch to its end and report it.
  ///
  /// @throws SandboxException.SandboxDead when the sandbox is dead; nothing is reported then
  /// @throws SandboxException.Transient when the connection broke while the command ran; nothing is
  ///   reported then
  /// @throws SandboxException.Fatal when the user must act
  void run() throws SandboxException, InterruptedException {
    String outcome = "error";
    BatchEnd end;
    try {
      end = execute();
      outcome = outcome(end);
    } finally {
      // Before the end is told: who hears of it finds the logs under their last names.
      output.close(outcome);
    }
    inbox.accept(new Message.BatchEnded(sandbox.id(), batch, end));
  }

  private BatchEnd execute() throws SandboxException, InterruptedException {
    if (context.artifacts().areWanted()) {
      markArtifacts();
    }
    Exit exit;
    List<String> resultFiles = List.of();
    try {
      Optional<Exit> answer = first.warm().enabled() ? retry.call(this::runWarm) : Optional.empty();
      if (answer.isPresent()) {
        exit = answer.get();
      } else {
        Step step = framework.execution(request);
        retry.call(() -> {
          placeBuilt(step.builtFiles());
          place(request.folder(), step.files());
          return true;
        });
        exit = retry.call(() -> runOnce(step));
        resultFiles = step.resultFiles();
      }
    } catch (SandboxException.Transient | SandboxException.Unavailable e) {
      if (command.hasStarted()) {
        throw e;
      }
      return new BatchEnd.NotStarted(e.getMessage());
    }
    if (end() && used != null) {
      warm.drop(used);
    }
    String evidence = output.evidence(EVIDENCE_LINES);
    try {
      readResults(exit, resultFiles, evidence);
    } catch (SandboxException.SandboxDead e) {
      reportLostResults(e.getMessage());
      throw e;
    }
    bringArtifacts(!exit.isSuccess());
    if (cancelled) {
      return new BatchEnd.Cancelled(evidence);
    }
    // Whatever the exit code says: a process that leaves a test unfinished was cut short.
    boolean abnormal = exit instanceof Exit.Signalled || !unfinished.isEmpty();
    return new BatchEnd.Ended(
        inWords(exit, abnormal),
        exit.isSuccess(),
        abnormal,
        diagnoses.isEmpty() ? evidence : diagnoses + "\n" + evidence);
  }

  /// What kept a command from its first test is mostly something that is missing where it ran.
  private String inWords(Exit exit, boolean abnormal) {
    String meaning = abnormal ? "" : framework.explainExit(exit);
    String words = meaning.isEmpty() ? exit.inWords() : meaning;
    boolean sawTest = !unfinished.isEmpty() || !finished.isEmpty();
    String place = exit.isSuccess() || sawTest ? "" : sandbox.place();
    return place.isEmpty() ? words : words + " " + place;
  }

  private void markArtifacts() throws SandboxException, InterruptedException {
    try {
      Exit _ = retry.call(() -> aside(context.artifacts().mark(sandbox)));
    } catch (SandboxException.Transient | SandboxException.Unavailable e) {
      context.artifacts().failed(sandbox, batch, e.getMessage());
    }
  }

  /// Everything is told of the tests by now: what goes wrong here takes nothing back.
  private void bringArtifacts(boolean failed) throws SandboxException, InterruptedException {
    Artifacts artifacts = context.artifacts();
    if (!artifacts.areWanted(failed || failures || !unfinished.isEmpty())) {
      return;
    }
    try {
      Exit packed = retry.call(() -> aside(artifacts.pack(sandbox)));
      if (packed instanceof Exit.Exited(int code) && code == Artifacts.FOUND) {
        fetch(artifacts);
      } else if (!packed.isSuccess()) {
        artifacts.failed(sandbox, batch, "packing them: " + packed.inWords());
      }
    } catch (SandboxException.Transient | SandboxException.Unavailable e) {
      artifacts.failed(sandbox, batch, e.getMessage());
    } catch (IOException e) {
      artifacts.failed(sandbox, batch, e.toString());
    }
  }

  private void fetch(Artifacts artifacts)
      throws SandboxException, IOException, InterruptedException {
    Path local = Files.createTempFile("offload-", ".artifacts");
    try {
      String remote = artifacts.archive(sandbox);
      if (retry.call(() -> transfer(() -> sandbox.download(remote, local)))) {
        artifacts.unpack(local, sandbox, batch);
      }
    } finally {
      delete(local);
    }
  }

  /// Run a command that is none of the batch's own.
  private Exit aside(Command command) throws SandboxException, InterruptedException {
    output.begin();
    try {
      return newCommand().run(command, new AsideListener());
    } finally {
      output.pause();
    }
  }

  /// The command is over, so no test was in flight when the sandbox was found dead: none is blamed.
  private void reportLostResults(String reason) {
    String message = "its result could not be fetched: " + reason;
    for (int index = 0; index < tests.size(); index++) {
      if (!finished.get(index)) {
        signal(
            new TestSignal.Finished(
                index, AttemptReport.of(Outcome.NOT_REPORTED, Duration.ZERO, message, "")));
      }
    }
  }

  /// Run the batch in the sandbox's warm process.
  ///
  /// @return how it ended, or nothing when it needs a process of its own
  private Optional<Exit> runWarm() throws SandboxException, InterruptedException {
    Optional<WarmSlot.Order> found = warm.order(framework, this::warmRequest, tests, first.warm());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    WarmSlot.Order order = found.get();
    WarmProcess process = order.process();
    used = process;
    command = process.command();
    process.expect(order.number(), output);
    placeBuilt(order.builtFiles());
    place(process.folder(), order.files(batch));
    if (cancelled) {
      command.end(15, KILL_PATIENCE);
      return Optional.of(new Exit.Signalled(15));
    }
    output.begin();
    try {
      return Optional.of(process.run(tests));
    } catch (SandboxException.Transient e) {
      throw hasBegun(e);
    } finally {
      output.pause();
    }
  }

  private ExecutionRequest warmRequest(String folder) {
    return new ExecutionRequest(
        request.tests(),
        folder,
        env(Map.of()),
        request.failFast(),
        request.testTimeout(),
        request.built());
  }

  private Exit runOnce(Step step) throws SandboxException, InterruptedException {
    command = newCommand();
    if (cancelled) {
      return new Exit.Signalled(15);
    }
    output.begin();
    try {
      return command.run(step.command(), new CommandListener());
    } catch (SandboxException.Transient e) {
      throw hasBegun(e);
    } finally {
      output.pause();
    }
  }

  /// The tests of a command that broke off may have begun: running it again would run them twice.
  private SandboxException hasBegun(SandboxException.Transient e) throws InterruptedException {
    return command.hasStarted() ? new SandboxException.SandboxDead(deathBehind(e)) : e;
  }

  private Death deathBehind(SandboxException.Transient broken) throws InterruptedException {
    return sandbox.poll() instanceof Liveness.Dead(Death known)
        ? known
        : Death.of(Death.Cause.LOST, broken.getMessage());
  }

  /// End the command of this batch; [#run] then reports it as cancelled. Without effect when the
  /// batch is over: its process may run another one.
  void cancel(boolean diagnose) throws SandboxException, InterruptedException {
    WrappedCommand ended;
    synchronized (this) {
      if (over) {
        return;
      }
      cancelled = true;
      ended = command;
    }
    ended.end(diagnose ? framework.diagnosticSignal() : 15, KILL_PATIENCE);
  }

  /// Note that nothing of this batch runs any more.
  ///
  /// @return whether it was cancelled before
  private synchronized boolean end() {
    over = true;
    return cancelled;
  }

  private WrappedCommand newCommand() {
    return new WrappedCommand(sandbox, context.silence().heartbeat());
  }

  private Map<String, String> env(Map<String, String> more) {
    Map<String, String> env = new HashMap<>(first.env());
    env.putAll(context.env());
    env.put("OFFLOAD_RUN_ID", context.runId());
    env.put("OFFLOAD_SANDBOX_ID", sandbox.id().toString());
    env.putAll(more);
    return env;
  }

  private void placeBuilt(List<String> files) throws SandboxException, InterruptedException {
    if (built == null || built.shared()) {
      return;
    }
    for (String file : files) {
      String remote = request.built().path(file);
      if (!present.contains(remote)) {
        transfer(() -> {
          sandbox.upload(built.folder().resolve(file), remote);
          return true;
        });
        present.add(remote);
      }
    }
  }

  private void place(String folder, List<PlacedFile> files)
      throws SandboxException, InterruptedException {
    for (PlacedFile file : files) {
      transfer(() -> {
        Placing.place(sandbox, folder, file);
        return true;
      });
    }
  }

  private <T> T transfer(Retry.Operation<T> operation)
      throws SandboxException, InterruptedException {
    transferBegan = System.nanoTime();
    transferring = true;
    output.begin();
    try {
      return operation.run();
    } finally {
      transferring = false;
      output.pause();
    }
  }

  /// Hand what the command left to the decoder, and what that makes of it to the inbox.
  private void readResults(Exit exit, List<String> names, String evidence)
      throws SandboxException, InterruptedException {
    Map<String, Path> found = new HashMap<>();
    List<Path> copies = new ArrayList<>();
    try {
      for (String name : names) {
        Path local = Files.createTempFile("offload-", ".result");
        copies.add(local);
        String remote = request.folder() + "/" + name;
        if (retry.call(() -> transfer(() -> sandbox.download(remote, local)))) {
          found.put(name, local);
        }
      }
      CommandEnd end = new CommandEnd(exit, cancelled, found, evidence);
      output.decoder().end(end).forEach(this::signal);
    } catch (IOException e) {
      throw new SandboxException.Fatal("a temporary file cannot be written: " + e, e);
    } finally {
      copies.forEach(BatchRun::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      file.toFile().deleteOnExit();
    }
  }

  private void signal(TestSignal signal) {
    switch (signal) {
      case TestSignal.Started(int index) -> {
        if (index >= 0 && index < tests.size()) {
          unfinished.set(index);
          inbox.accept(new Message.TestStarted(sandbox.id(), batch, tests.get(index)));
        }
      }
      case TestSignal.Finished(int index, var report) -> {
        if (index >= 0 && index < tests.size()) {
          unfinished.clear(index);
          finished.set(index);
          failures |= report.outcome().isFailure();
          inbox.accept(new Message.TestFinished(sandbox.id(), batch, tests.get(index), report));
        }
      }
      case TestSignal.Split _ -> inbox.accept(new Message.SplitWanted(sandbox.id(), batch));
      case TestSignal.Diagnosis(String text) -> {
        if (diagnoses.length() < 8_192) {
          diagnoses.append(diagnoses.isEmpty() ? "" : "\n").append(text);
        }
      }
    }
  }

  private static String outcome(BatchEnd end) {
    return switch (end) {
      case BatchEnd.Ended ended -> ended.success() ? "success" : "failure";
      case BatchEnd.Cancelled _ -> "cancelled";
      case BatchEnd.NotStarted _ -> "error";
    };
  }

  /// Only hears that something lives.
  private final class AsideListener implements WrappedCommand.Listener {
    @Override
    public void heard() {
      output.heard();
    }

    @Override
    public void frame(String payload) {}

    @Override
    public void stdout(byte[] buffer, int offset, int length) {}

    @Override
    public void stderr(byte[] buffer, int offset, int length) {}
  }

  private final class CommandListener implements WrappedCommand.Listener {
    @Override
    public void heard() {
      output.heard();
    }

    @Override
    public void frame(String payload) {
      output.frame(payload);
    }

    @Override
    public void stdout(byte[] buffer, int offset, int length) {
      output.stdout(buffer, offset, length);
    }

    @Override
    public void stderr(byte[] buffer, int offset, int length) {
      output.stderr(buffer, offset, length);
    }
  }
}
