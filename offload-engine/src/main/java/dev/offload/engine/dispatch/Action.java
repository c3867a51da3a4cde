package dev.offload.engine.dispatch;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import java.time.Instant;
import java.util.List;

/// Ask the shell around the dispatcher to do something. Actions are carried out in their order;
/// none blocks the next.
public sealed interface Action {
  /// Start a sandbox; answered by [Message.SandboxReady], [Message.SandboxStartFailed] or
  /// [Message.SandboxDied].
  record StartSandbox(SandboxId sandbox) implements Action {}

  /// Run a batch; answered by test messages and one [Message.BatchEnded], or by
  /// [Message.SandboxDied]. A sandbox has at most one batch at a time.
  ///
  /// @param tests indexes into [DispatchPlan#tests()], in the order in which they should run
  record RunBatch(SandboxId sandbox, BatchId batch, List<Integer> tests) implements Action {}

  /// End the command of a batch; answered by [Message.BatchEnded].
  ///
  /// @param diagnose whether the process should first be asked to say where it hangs
  record CancelBatch(SandboxId sandbox, BatchId batch, boolean diagnose) implements Action {}

  /// Close a sandbox, whatever it does; answered by [Message.SandboxClosed]. Also given for
  /// sandboxes that are still starting and for dead ones, once each; not for one whose start
  /// failed, which left nothing behind. A batch that runs in it gets no answer that counts any
  /// more.
  record CloseSandbox(SandboxId sandbox) implements Action {}

  /// Deliver [Message.TimerFired] at that time.
  record SetTimer(Message.Timer timer, Instant at) implements Action {}

  /// Record an event.
  record Emit(RunEvent event) implements Action {}

  /// The run is over: every test is decided and every sandbox closed. Comes once, last.
  record Finish() implements Action {}
}
