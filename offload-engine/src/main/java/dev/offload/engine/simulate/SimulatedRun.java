package dev.offload.engine.simulate;

import dev.offload.api.test.Verdict;
import dev.offload.engine.dispatch.DispatchPlan.GroupRules;
import dev.offload.engine.dispatch.Dispatcher;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Hold what came of one simulated run.
///
/// @param seed the seed it was made from
/// @param makespan seconds until the last test was decided
/// @param lowerBound seconds below which no schedule can get, start-up included
/// @param tests the number of tests
/// @param verdicts how many tests got each verdict; a verdict that none got is there with 0
/// @param sandboxLosses how many sandboxes died that could be used
/// @param hedges how many batches were copies of tests that ran elsewhere
/// @param rerunTests how many tests began more than once
/// @param wasted seconds of test execution that no verdict rests on
/// @param steps how many messages the dispatcher took
/// @param violations the promises that were broken; empty unless the dispatcher is wrong
public record SimulatedRun(
    long seed,
    double makespan,
    double lowerBound,
    int tests,
    Map<Verdict, Integer> verdicts,
    int sandboxLosses,
    int hedges,
    int rerunTests,
    double wasted,
    int steps,
    List<String> violations) {
  /// Copy.
  public SimulatedRun {
    verdicts = Map.copyOf(verdicts);
    violations = List.copyOf(violations);
  }

  /// Return makespan by lower bound; 1 when there is nothing to do.
  public double ratio() {
    return lowerBound == 0 ? 1 : makespan / lowerBound;
  }

  /// Simulate one run of the dispatcher.
  public static SimulatedRun of(Scenario scenario) {
    return of(scenario, new Dispatcher(scenario.opening())::step);
  }

  /// Simulate one run of something that takes the dispatcher's place.
  public static SimulatedRun of(Scenario scenario, Machine machine) {
    Account account = new VirtualWorld(scenario, machine).run();
    Promises.check(account);
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      verdicts.put(verdict, (int) Arrays.stream(account.verdicts).filter(verdict::equals).count());
    }
    return new SimulatedRun(
        scenario.seed(),
        account.decidedAt,
        lowerBound(scenario),
        scenario.tests().size(),
        verdicts,
        account.losses,
        account.copies,
        (int) Arrays.stream(account.attempts).filter(attempts -> attempts > 1).count(),
        Math.max(0, account.executed - account.used),
        account.steps,
        account.violations);
  }

  private static double work(Scenario scenario, String group) {
    double work = 0;
    for (int test = 0; test < scenario.tests().size(); test++) {
      if (scenario.plan().tests().get(test).group().equals(group)) {
        work += scenario.tests().get(test).seconds();
      }
    }
    return work;
  }

  /// Return what no schedule can beat: all work spread evenly, the longest test, the two shortest
  /// of the m + 1 longest tests, which must share one of m sandboxes, and the work of a group
  /// spread over as many sandboxes as it may use; and what the first batch of a sandbox costs
  /// before that.
  static double lowerBound(Scenario scenario) {
    double[] seconds = scenario.tests().stream().mapToDouble(VirtualTest::seconds).toArray();
    if (seconds.length == 0) {
      return 0;
    }
    Arrays.sort(seconds);
    int sandboxes = scenario.plan().rules().maxParallel();
    double bound = Math.max(Arrays.stream(seconds).sum() / sandboxes, seconds[seconds.length - 1]);
    if (seconds.length > sandboxes) {
      int last = seconds.length - sandboxes;
      bound = Math.max(bound, seconds[last] + seconds[last - 1]);
    }
    for (Map.Entry<String, GroupRules> group : scenario.plan().groups().entrySet()) {
      bound = Math.max(bound, work(scenario, group.getKey()) / group.getValue().maxParallel());
    }
    return scenario.faults().startUp() + scenario.faults().batchOverhead() + bound;
  }
}
