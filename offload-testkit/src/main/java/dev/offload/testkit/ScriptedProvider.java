package dev.offload.testkit;

import dev.offload.api.command.Command;
import dev.offload.api.command.Exit;
import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxException.SandboxDead;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// Start sandboxes that go wrong by script, and note every operation.
///
/// The sandboxes run commands for real, as processes of this machine, or give canned answers.
/// Faults are planned before or during the run; a fault is meant for the n-th operation of a kind,
/// counted from 1 in each sandbox (`PREPARE` and `START`: in the provider).
///
/// ```java
/// ScriptedProvider provider = ScriptedProvider.running(project);
/// provider.plan(Operation.START, 1, Fault.failsInPassing("no room"));
/// provider.plan(new SandboxId(2), Operation.RUN, 3, Fault.dies("killed by its host"));
/// ```
public final class ScriptedProvider implements SandboxProvider {
  /// Note one operation.
  ///
  /// @param sandbox the sandbox, number 0 for `PREPARE`
  /// @param number the how manieth of its kind, from 1
  public record Call(SandboxId sandbox, Operation operation, int number) {}

  /// Answer commands instead of running them.
  @FunctionalInterface
  public interface Answers {
    /// Write output and return the exit, as [Sandbox#run] does.
    Exit run(SandboxId sandbox, Command command, OutputSink output)
        throws SandboxException, InterruptedException;
  }

  private record Planned(SandboxId sandbox, Operation operation, int number, Fault fault) {}

  private static final SandboxId EVERY = new SandboxId(0);

  private final Path directory;
  private final Optional<Answers> answers;
  private final List<Planned> plan = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
  private final Map<SandboxId, Integer> tries = new HashMap<>();
  private final Set<ScriptedSandbox> open = ConcurrentHashMap.newKeySet();
  private volatile Duration timeToBegin = Duration.ZERO;

  private ScriptedProvider(Path directory, Optional<Answers> answers) {
    this.directory = directory;
    this.answers = answers;
  }

  /// Make one that runs commands for real in a directory of this machine.
  public static ScriptedProvider running(Path directory) {
    return new ScriptedProvider(directory, Optional.empty());
  }

  /// Make one that answers commands.
  public static ScriptedProvider answering(Path directory, Answers answers) {
    return new ScriptedProvider(directory, Optional.of(answers));
  }

  /// Plan a fault for the n-th operation of a kind, in every sandbox.
  public void plan(Operation operation, int number, Fault fault) {
    plan(EVERY, operation, number, fault);
  }

  /// Plan a fault for the n-th operation of a kind in one sandbox. For `START` the number is that
  /// of the try to start this very sandbox.
  public synchronized void plan(SandboxId sandbox, Operation operation, int number, Fault fault) {
    plan.add(new Planned(sandbox, operation, number, fault));
  }

  /// Plan a fault for the first n operations of a kind, in every sandbox.
  public void planFirst(int times, Operation operation, Fault fault) {
    for (int number = 1; number <= times; number++) {
      plan(operation, number, fault);
    }
  }

  /// Say that operations may take a while to begin.
  public void needToBegin(Duration time) {
    timeToBegin = time;
  }

  @Override
  public Duration timeToBegin() {
    return timeToBegin;
  }

  /// Return the operations so far, in order.
  public synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  /// Return the operations of a kind so far, in order.
  public List<Call> calls(Operation operation) {
    return calls().stream().filter(call -> call.operation() == operation).toList();
  }

  /// Return the sandboxes that are not closed, in order.
  public List<SandboxId> open() {
    return open.stream().map(Sandbox::id).sorted().toList();
  }

  /// Note an operation and return what goes wrong with it.
  synchronized Optional<Fault> begin(
      SandboxId sandbox, Operation operation, Map<Operation, Integer> counts) {
    int number = counts.merge(operation, 1, Integer::sum);
    calls.add(new Call(sandbox, operation, number));
    int own = operation == Operation.START ? tries.merge(sandbox, 1, Integer::sum) : number;
    return plan.stream()
        .filter(planned -> planned.operation() == operation)
        .filter(planned ->
            planned.sandbox().equals(EVERY)
                ? planned.number() == number
                : planned.sandbox().equals(sandbox) && planned.number() == own)
        .map(Planned::fault)
        .findFirst();
  }

  void closed(ScriptedSandbox sandbox) {
    open.remove(sandbox);
  }

  @Override
  public SandboxImage prepare(PrepareRequest request, ProgressSink progress)
      throws SandboxException, InterruptedException {
    go(begin(EVERY, Operation.PREPARE, counts));
    return SandboxImage.NONE;
  }

  @Override
  public Sandbox start(SandboxImage image, SandboxSpec spec)
      throws SandboxException, InterruptedException {
    go(begin(spec.id(), Operation.START, counts));
    ScriptedSandbox sandbox = new ScriptedSandbox(this, spec.id(), directory, answers);
    open.add(sandbox);
    return sandbox;
  }

  private static void go(Optional<Fault> fault) throws SandboxException, InterruptedException {
    if (fault.isPresent()) {
      switch (fault.get()) {
        case Fault.Fails(var failure) -> throw failure.get();
        case Fault.Dies(var death) -> throw new SandboxDead(death);
        case Fault.DiesMidOutput(_, var death) -> throw new SandboxDead(death);
        case Fault.DiesUnseen(var death) -> throw new SandboxDead(death);
        case Fault.HangsSilently() -> new CountDownLatch(1).await();
        case Fault.IsSlow(Duration delay) -> Thread.sleep(delay);
      }
    }
  }

  @Override
  public void close() throws SandboxException {
    for (ScriptedSandbox sandbox : open) {
      sandbox.close();
    }
  }
}
