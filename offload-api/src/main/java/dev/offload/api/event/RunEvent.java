package dev.offload.api.event;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Quarantine;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// State one fact of a run. Everything a user sees is a fold over these, in their order.
///
/// Adding a variant is a compile error in every fold and in the journal's codec: that is the list
/// of places to change.
public sealed interface RunEvent {

  /// The run began; always the first event of a journal.
  ///
  /// @param runId names the run among others
  /// @param version Offload's version
  /// @param configFile the configuration file as given
  /// @param provider the provider's type
  /// @param framework the framework's type
  /// @param maxParallel the largest number of sandboxes at one time
  record RunStarted(
      String runId,
      String version,
      String configFile,
      String provider,
      String framework,
      int maxParallel)
      implements RunEvent {}

  /// A phase outside of the sandboxes began: `setup`, `discovery`, `image`.
  record PhaseStarted(String phase) implements RunEvent {}

  /// A phase ended.
  record PhaseFinished(String phase, Duration duration) implements RunEvent {}

  /// A phase has something to say about how far it is; for people.
  record Progress(String phase, String text) implements RunEvent {}

  /// Tests of one group are known, in collection order. There may be more events of one group.
  ///
  /// @param group the group
  /// @param retryCount how many failed attempts of each of its tests may be followed by another
  /// @param tests its tests, each in no other group
  record TestsDiscovered(String group, int retryCount, List<TestCase> tests) implements RunEvent {
    /// Copy.
    public TestsDiscovered {
      tests = List.copyOf(tests);
    }
  }

  /// Tests that were told of are not there after all: nothing that was told of them counts. One of
  /// the same name may be told of again, in another group.
  ///
  /// @param tests the tests; some may have run, and passed
  record TestsWithdrawn(List<TestId> tests) implements RunEvent {
    /// Copy.
    public TestsWithdrawn {
      tests = List.copyOf(tests);
    }
  }

  /// All tests of the run are known. Until then tests may be added and withdrawn, while others run.
  record DiscoveryEnded() implements RunEvent {}

  /// The run is one shard of a suite; before [TestsDiscovered], which holds the shard's tests only.
  ///
  /// @param index which shard this is, from 1
  /// @param count how many there are
  /// @param suiteSize the number of tests of all shards together
  /// @param fingerprint the same text in all shards that were cut from the same suite in the same
  ///   way, so that each test is in exactly one of them
  record ShardSelected(int index, int count, int suiteSize, String fingerprint)
      implements RunEvent {}

  /// Tests are quarantined: how they end does not change the exit code. After [TestsDiscovered].
  ///
  /// @param quarantine why
  /// @param tests the tests; each is named once in a run
  record TestsQuarantined(Quarantine quarantine, List<TestId> tests) implements RunEvent {
    /// Copy.
    public TestsQuarantined {
      tests = List.copyOf(tests);
    }
  }

  /// How long tests are expected to run is known; after [TestsDiscovered]. A later event of this
  /// kind replaces what an earlier one said of the same test.
  ///
  /// @param durations by test; a test of which nothing is known is absent
  record DurationsExpected(Map<TestId, Duration> durations) implements RunEvent {
    /// Copy.
    public DurationsExpected {
      durations = Collections.unmodifiableMap(new LinkedHashMap<>(durations));
    }
  }

  /// Something the user should know; the run goes on.
  record Warning(String message) implements RunEvent {}

  /// Something Offload could not do for the user, which changes no verdict: a report not written, a
  /// sandbox not closed.
  record Degraded(String message) implements RunEvent {}

  /// A sandbox is being started.
  record SandboxStarting(SandboxId sandbox) implements RunEvent {}

  /// A sandbox can be used.
  ///
  /// @param handle the provider's name for it
  record SandboxReady(SandboxId sandbox, String handle) implements RunEvent {}

  /// A sandbox could not be started.
  ///
  /// @param reason the provider's words
  record SandboxStartFailed(SandboxId sandbox, String reason) implements RunEvent {}

  /// Nothing was heard of a sandbox for a while.
  record SandboxSuspected(SandboxId sandbox, String reason) implements RunEvent {}

  /// A sandbox of which nothing was heard gives signs of life again.
  record SandboxHeard(SandboxId sandbox) implements RunEvent {}

  /// A sandbox died and no operation is started on it any more.
  ///
  /// @param inFlight the tests that ran in it at that time
  record SandboxLost(SandboxId sandbox, Death death, List<TestId> inFlight) implements RunEvent {
    /// Copy.
    public SandboxLost {
      inFlight = List.copyOf(inFlight);
    }
  }

  /// A living sandbox is not trusted any more and will be replaced; what it failed since its last
  /// pass is judged again.
  ///
  /// @param reason why
  /// @param rejudged the tests whose failures are void
  record SandboxCondemned(SandboxId sandbox, String reason, List<TestId> rejudged)
      implements RunEvent {
    /// Copy.
    public SandboxCondemned {
      rejudged = List.copyOf(rejudged);
    }
  }

  /// A sandbox was closed.
  record SandboxClosed(SandboxId sandbox) implements RunEvent {}

  /// A batch was handed to a sandbox.
  ///
  /// @param hedge whether its tests also run elsewhere
  record BatchStarted(BatchId batch, SandboxId sandbox, List<TestId> tests, boolean hedge)
      implements RunEvent {
    /// Copy.
    public BatchStarted {
      tests = List.copyOf(tests);
    }
  }

  /// A batch ended.
  ///
  /// @param end how, in words: `exit code 1`, `cancelled: …`, `its sandbox died`
  /// @param success whether the command ended with code 0
  /// @param cancelled whether we ended it
  record BatchEnded(
      BatchId batch, SandboxId sandbox, String end, boolean success, boolean cancelled)
      implements RunEvent {}

  /// An attempt of a test began.
  ///
  /// @param attempt one-based number among the attempts of this test, in order of start
  record AttemptStarted(TestId test, int attempt, BatchId batch, SandboxId sandbox)
      implements RunEvent {}

  /// An attempt ended. An attempt that was lost or not reported may end without having begun.
  ///
  /// @param started seconds since the start of the run at which it began
  record AttemptFinished(
      TestId test,
      int attempt,
      BatchId batch,
      SandboxId sandbox,
      Duration started,
      AttemptReport report)
      implements RunEvent {
    /// Return the same end with another report, for example a shorter one.
    public AttemptFinished with(AttemptReport other) {
      return new AttemptFinished(test, attempt, batch, sandbox, started, other);
    }
  }

  /// A test has its verdict; it gets no other. A condemned sandbox's failures are never decided
  /// before they are judged again.
  ///
  /// @param reason why, for a test that did not pass or is flaky; empty otherwise
  record TestDecided(TestId test, Verdict verdict, String reason) implements RunEvent {}

  /// The run ended; always the last event of a complete journal.
  ///
  /// @param exitCode the exit code of the command
  /// @param reason why the run ended early, or empty
  /// @param duration wall time since [RunStarted]
  record RunFinished(int exitCode, String reason, Duration duration) implements RunEvent {}
}
