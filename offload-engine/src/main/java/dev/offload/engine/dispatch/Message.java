package dev.offload.engine.dispatch;

import dev.offload.api.event.BatchId;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Tell the dispatcher a fact. Tests are named by their index in [DispatchPlan#tests()], which
/// those of [TestsFound] follow in the order in which they come.
public sealed interface Message {
  /// Begin: the dispatcher answers with the first sandboxes to start. The first message, once.
  ///
  /// @param runStarted when the run began; the start of an attempt is told relative to it
  record Begin(Instant runStarted) implements Message {}

  /// Sandboxes can be started: their image is made, or is known not to come. Before it none is.
  record ImageReady() implements Message {}

  /// More tests are known. Their ids differ from those of all tests that are not withdrawn.
  ///
  /// @param tests the tests, in collection order
  /// @param certain whether they are there for certain; of others that is known once
  ///   [DiscoveryEnded] comes, and until then they get no verdict that says that something is wrong
  record TestsFound(List<PlannedTest> tests, boolean certain) implements Message {
    /// Copy.
    public TestsFound {
      tests = List.copyOf(tests);
    }
  }

  /// Tests that were not certain are not there; nothing that is known of them counts.
  record TestsWithdrawn(List<Integer> tests) implements Message {
    /// Copy.
    public TestsWithdrawn {
      tests = List.copyOf(tests);
    }
  }

  /// All tests are known. Comes once in every run; before it the run does not end by itself.
  record DiscoveryEnded() implements Message {}

  /// A sandbox can be used.
  ///
  /// @param host the machine it is on, or empty when that is not known
  record SandboxReady(SandboxId sandbox, String handle, String host) implements Message {}

  /// A sandbox could not be started.
  record SandboxStartFailed(SandboxId sandbox, StartFailure failure) implements Message {}

  /// A sandbox is dead. May come more than once, and at any time after [Action.StartSandbox].
  record SandboxDied(SandboxId sandbox, Death death) implements Message {}

  /// A test of a running batch began.
  record TestStarted(SandboxId sandbox, BatchId batch, int test) implements Message {}

  /// A test of a running batch ended.
  record TestFinished(SandboxId sandbox, BatchId batch, int test, AttemptReport report)
      implements Message {}

  /// The end of a batch's command, which follows, will say something of all its open tests together
  /// and nothing of the single one.
  record SplitWanted(SandboxId sandbox, BatchId batch) implements Message {}

  /// The command of a batch ended and all its signals were delivered before this.
  record BatchEnded(SandboxId sandbox, BatchId batch, BatchEnd end) implements Message {}

  /// A sandbox was closed, or could not be.
  ///
  /// @param problem what went wrong, or empty
  record SandboxClosed(SandboxId sandbox, String problem) implements Message {}

  /// Nothing is heard of a sandbox, and the provider did not say that it lives.
  record SandboxSuspected(SandboxId sandbox, String reason) implements Message {}

  /// A suspected sandbox gives signs of life again.
  record SandboxHeard(SandboxId sandbox) implements Message {}

  /// A timer that was set has fired. A timer cannot be taken back: a late one is ignored by its
  /// receiver.
  record TimerFired(Timer timer) implements Message {}

  /// Stop the run: nothing new is started, everything is closed, what is undecided is not run.
  ///
  /// @param reason for the user
  record Cancel(String reason) implements Message {}

  /// Say how the command of a batch ended.
  sealed interface BatchEnd {
    /// The process ended by itself or by a signal that was not ours.
    ///
    /// @param end in words, for people: `exit code 1`, `signal 11 (SIGSEGV)`
    /// @param success whether it ended with code 0
    /// @param abnormal whether the test process was cut short (a signal, an internal error), rather
    ///   than having finished
    /// @param evidence the last lines of its output, for a test that was cut short or not reported
    record Ended(String end, boolean success, boolean abnormal, String evidence)
        implements BatchEnd {}

    /// We ended it, on [Action.CancelBatch].
    ///
    /// @param evidence the last lines of its output, for example a stack dump
    record Cancelled(String evidence) implements BatchEnd {}

    /// The command could not be started, though the sandbox lives.
    ///
    /// @param reason the provider's words
    record NotStarted(String reason) implements BatchEnd {}
  }

  /// Say why a sandbox could not be started, by what there is to do.
  sealed interface StartFailure {
    /// Try again, with another sandbox.
    record Failed(String reason) implements StartFailure {}

    /// Try again, but not before a pause; meanwhile work with fewer.
    record Unavailable(String reason, Duration retryAfter) implements StartFailure {}

    /// Trying again is useless: the run cannot have sandboxes.
    record Fatal(String reason) implements StartFailure {}
  }

  /// Name what a timer is for.
  sealed interface Timer {
    /// A test runs into its time limit.
    record TestTimeout(BatchId batch, int test) implements Timer {}

    /// The process of a batch should have shown its next sign (a first test, the next test, its
    /// end) by now.
    record BatchStall(BatchId batch, long progress) implements Timer {}

    /// Sandboxes may be started again.
    record StartAgain() implements Timer {}

    /// Look whether a hedge is due.
    record HedgeCheck() implements Timer {}

    /// A cancelled batch or a closing sandbox should have answered by now.
    record Grace(SandboxId sandbox) implements Timer {}
  }
}
