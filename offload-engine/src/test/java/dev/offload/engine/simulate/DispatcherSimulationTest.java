package dev.offload.engine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.engine.dispatch.Dispatcher;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs the dispatcher through random suites, sandboxes and faults, and checks every promise in
/// each run. `-Doffload.seed=N` replays one run, `-Doffload.runs=N` changes how many there are.
class DispatcherSimulationTest {
  private static final int RUNS = Integer.getInteger("offload.runs", 20_000);

  @Test
  void everyRunKeepsEveryPromise() {
    Long only = Long.getLong("offload.seed");
    long from = only == null ? 0 : only;
    long to = only == null ? RUNS : only + 1;
    List<String> broken = new ArrayList<>();
    for (long seed = from; seed < to && broken.size() < 5; seed++) {
      SimulatedRun run = simulate(seed);
      if (!run.violations().isEmpty()) {
        broken.add(replay(seed) + "\n    " + String.join("\n    ", run.violations()));
      }
    }
    assertThat(broken).isEmpty();
  }

  /// Runs that broke a promise once, with what was wrong.
  @ParameterizedTest
  @CsvSource({
    "27960, a failure counted while there was no room for the test its sandbox was compared by",
    "48930, the same with a test that is skipped elsewhere",
    "48979, the same when the run was cancelled",
    "37255, a test whose older failure was void returned to where it failed last",
    "78636, a test whose only failure was void returned to where it failed",
    "339595, a test that fails by itself condemned one sandbox after the other",
    "72131, a test in a slow sandbox that took longer than its limit was held to be good",
    "245056, deaths of sandboxes that ignored a cancel were not counted",
  })
  void brokeAPromiseOnce(long seed, String what) {
    assertThat(simulate(seed).violations()).as(what).isEmpty();
  }

  private static SimulatedRun simulate(long seed) {
    try {
      return SimulatedRun.of(RandomScenario.of(seed));
    } catch (RuntimeException e) {
      throw new AssertionError(replay(seed), e);
    }
  }

  private static String replay(long seed) {
    return "seed "
        + seed
        + " breaks a promise; replay it with\n    mvn -Dquick -pl offload-engine -am test"
        + " -Dtest=DispatcherSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Doffload.seed="
        + seed;
  }

  @Test
  void theSameSeedGoesTheSameWay() {
    for (long seed = 0; seed < 50; seed++) {
      assertThat(trace(seed)).isEqualTo(trace(seed));
    }
  }

  private static List<String> trace(long seed) {
    List<String> trace = new ArrayList<>();
    Scenario scenario = RandomScenario.of(seed);
    Dispatcher dispatcher = new Dispatcher(scenario.opening());
    SimulatedRun.of(
        scenario,
        (message, now) -> {
          var actions = dispatcher.step(message, now);
          trace.add(now + " " + message + " -> " + actions);
          return actions;
        });
    return trace;
  }
}
