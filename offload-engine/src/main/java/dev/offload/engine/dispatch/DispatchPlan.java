package dev.offload.engine.dispatch;

import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestId;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Say what is to be dispatched and by which rules.
///
/// @param tests the tests that are known when the run begins, in collection order; messages and
///   actions name them by index, where those of [Message.TestsFound] follow
/// @param rules what holds for the whole run
/// @param groups what holds for single groups, by name; [GroupRules#NONE] for the others
/// @param continuation where the numbers of sandboxes and batches go on
/// @param foreseen what the tests are likely to be, as long as none is known
public record DispatchPlan(
    List<PlannedTest> tests,
    Rules rules,
    Map<String, GroupRules> groups,
    Continuation continuation,
    Foreseen foreseen) {
  /// Copy.
  public DispatchPlan {
    tests = List.copyOf(tests);
    groups = Map.copyOf(groups);
  }

  /// Plan a run of which nothing is foreseen.
  public DispatchPlan(
      List<PlannedTest> tests,
      Rules rules,
      Map<String, GroupRules> groups,
      Continuation continuation) {
    this(tests, rules, groups, continuation, Foreseen.NOTHING);
  }

  /// Plan a run from its beginning.
  public DispatchPlan(List<PlannedTest> tests, Rules rules) {
    this(tests, rules, Map.of(), Continuation.NONE);
  }

  /// Return the same without its tests, which are told when they are found.
  public DispatchPlan opening(Foreseen likely) {
    return new DispatchPlan(List.of(), rules, groups, continuation, likely);
  }

  /// Say what is expected to be found: sandboxes for it start while tests are still listed.
  ///
  /// @param tests how many tests
  /// @param work how long all of them take together
  /// @param longest how long the longest takes
  public record Foreseen(int tests, Duration work, Duration longest) {
    /// Nothing.
    public static final Foreseen NOTHING = new Foreseen(0, Duration.ZERO, Duration.ZERO);
  }

  /// What holds for one group.
  ///
  /// @param maxParallel in how many sandboxes its tests may run at one time, at least 1
  /// @param fresh whether each of its tests wants a sandbox that has run nothing before
  public record GroupRules(int maxParallel, boolean fresh) {
    /// No rules.
    public static final GroupRules NONE = new GroupRules(Integer.MAX_VALUE, false);
  }

  /// Say how far an earlier part of the same run had numbered.
  ///
  /// @param sandboxes the highest number of a sandbox
  /// @param batches the highest number of a batch
  /// @param losses how many sandboxes that could be used were lost
  public record Continuation(int sandboxes, int batches, int losses) {
    /// The run begins here.
    public static final Continuation NONE = new Continuation(0, 0, 0);
  }

  /// Say what an earlier part of the same run did with a test.
  ///
  /// @param attempts how many attempts began
  /// @param failures the messages of those that failed and count
  /// @param suspect whether it was in flight when a sandbox died, so that it runs next alone in a
  ///   fresh one
  /// @param deaths those sandboxes in which it was in flight alone, each with how it died
  public record Earlier(
      int attempts, List<String> failures, boolean suspect, List<EarlierDeath> deaths) {
    /// Nothing.
    public static final Earlier NONE = new Earlier(0, List.of(), false, List.of());

    /// Copy.
    public Earlier {
      failures = List.copyOf(failures);
      deaths = List.copyOf(deaths);
    }
  }

  /// Say how a sandbox of an earlier part of the run died.
  public record EarlierDeath(SandboxId sandbox, Death death) {}

  /// One test to dispatch.
  ///
  /// @param id its name
  /// @param group its group
  /// @param file its file, or empty; tests of one file that follow each other are neighbours
  /// @param retries how many failed attempts may be followed by another
  /// @param timeout the longest it may run
  /// @param expected how long it is expected to run; negative when nothing is known
  /// @param high the longest time that would not be surprising; negative when nothing is known
  /// @param individually whether it gets a batch of its own
  /// @param commandLength what it adds to the length of a command line
  /// @param framework the name of its framework; all tests of a batch have the same
  /// @param earlier what an earlier part of the run did with it
  /// @param quarantined whether its failure is no reason to stop
  public record PlannedTest(
      TestId id,
      String group,
      String file,
      int retries,
      Duration timeout,
      Duration expected,
      Duration high,
      boolean individually,
      int commandLength,
      String framework,
      Earlier earlier,
      boolean quarantined) {
    /// Plan a test of a run that has one framework and begins here.
    public PlannedTest(
        TestId id,
        String group,
        String file,
        int retries,
        Duration timeout,
        Duration expected,
        boolean individually,
        int commandLength) {
      this(
          id,
          group,
          file,
          retries,
          timeout,
          expected,
          expected,
          individually,
          commandLength,
          "",
          Earlier.NONE,
          false);
    }
  }

  /// What costs time beside the tests.
  ///
  /// @param startUp what a sandbox takes to start
  /// @param batch what a batch costs beside its tests and their files
  /// @param file what each file of a batch costs beside its tests
  /// @param lossRate how many sandboxes die, by the number of batches
  public record Costs(Duration startUp, Duration batch, Duration file, double lossRate) {
    /// Expect batches to cost something, and nothing else.
    public static Costs ofBatch(Duration batch) {
      return new Costs(Duration.ZERO, batch, Duration.ZERO, 0);
    }
  }

  /// What holds for the whole run.
  ///
  /// @param maxParallel the largest number of sandboxes at one time, at least 1
  /// @param failFast whether to hand out no more tests once a test has finally failed
  /// @param hedging whether late tests may be run a second time at the tail
  /// @param maxCommandLength the sum of [PlannedTest#commandLength] a batch may have, unless it is
  ///   a single test
  /// @param costs what is expected to cost time beside the tests, until that is measured
  /// @param startBudget how many sandbox starts may fail or sandboxes be lost, over the whole run,
  ///   before the rest is not run
  /// @param stallTimeout how long a living process may show no sign between tests, or before the
  ///   first, before it is ended
  /// @param hedgeAfter a test is late when it runs longer than its expectation times this factor
  /// @param condemnAfter after how many failures or abnormal ends in a row, while others pass, a
  ///   sandbox is condemned
  /// @param cancelGrace how long a cancelled batch may take to end before its sandbox is given up
  public record Rules(
      int maxParallel,
      boolean failFast,
      boolean hedging,
      int maxCommandLength,
      Costs costs,
      int startBudget,
      Duration stallTimeout,
      double hedgeAfter,
      int condemnAfter,
      Duration cancelGrace) {}
}
