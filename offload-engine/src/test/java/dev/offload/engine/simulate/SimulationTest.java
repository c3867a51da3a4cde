package dev.offload.engine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Holds the schedule to its figures, on durations like those of real suites.
class SimulationTest {
  private static Map<String, Double> suite(int tests) {
    SplittableRandom random = new SplittableRandom(7);
    Map<String, Double> durations = new LinkedHashMap<>();
    for (int test = 0; test < tests; test++) {
      durations.put("tests/test_" + test / 10 + ".py::t" + test, Math.exp(random.nextGaussian()));
    }
    return durations;
  }

  private static double meanRatio(SimulationParameters parameters) {
    List<SimulatedRun> runs = Simulation.runs(parameters);
    assertThat(runs).allSatisfy(run -> assertThat(run.violations()).isEmpty());
    return Simulation.meanRatio(runs);
  }

  @Test
  void knownDurationsEndAtTheLowerBound() {
    assertThat(meanRatio(SimulationParameters.calm(suite(1000), 8))).isBetween(0.999, 1.01);
    assertThat(meanRatio(SimulationParameters.calm(suite(1000), 40))).isBetween(0.999, 1.05);
    assertThat(meanRatio(SimulationParameters.calm(suite(1000), 200))).isBetween(0.999, 1.05);
  }

  @Test
  void unknownDurationsEndNearIt() {
    Map<String, Double> durations = suite(1000);
    SimulationParameters parameters =
        new SimulationParameters(durations, Map.of(), 8, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, true, 1, 1);
    assertThat(meanRatio(parameters)).isLessThan(1.1);
  }

  @Test
  void lossesCostLittleAndNoVerdict() {
    Map<String, Double> durations = suite(1000);
    SimulationParameters parameters =
        new SimulationParameters(
            durations, durations, 8, 1, 0.2, 0.05, 2, 0, 0, 0.1, 0, 1, 0, true, 1, 20);
    List<SimulatedRun> runs = Simulation.runs(parameters);
    assertThat(Simulation.meanRatio(runs)).isLessThan(1.2);
    assertThat(runs).anySatisfy(run -> assertThat(run.sandboxLosses()).isPositive());
    assertThat(runs).allSatisfy(run -> assertThat(run.violations()).isEmpty());
    // The first two losses of a run can hit the same test by chance, which is then blamed.
    assertThat(runs.stream().mapToInt(run -> run.verdicts().get(Verdict.PASSED)).sum())
        .isGreaterThanOrEqualTo(20 * 1000 - 1);
  }

  @Test
  void aBlackHoleAmongGoodSandboxesMakesNoFalseFailure() {
    Map<String, Double> durations = suite(400);
    SimulationParameters parameters =
        new SimulationParameters(
            durations, durations, 8, 1, 0.2, 0, 2, 0, 0, 0.1, 0, 1, 1, true, 1, 50);
    assertThat(Simulation.runs(parameters))
        .allSatisfy(run -> assertThat(run.verdicts()).containsEntry(Verdict.PASSED, 400));
  }

  @Test
  void slowSandboxesAreRelieved() {
    Map<String, Double> durations = suite(100);
    SimulationParameters parameters =
        new SimulationParameters(
            durations, durations, 40, 0, 0, 0, 2, 0, 0, 0, 0.1, 5, 0, true, 1, 20);
    SimulationParameters alone =
        new SimulationParameters(
            durations, durations, 40, 0, 0, 0, 2, 0, 0, 0, 0.1, 5, 0, false, 1, 20);
    assertThat(meanRatio(parameters)).isLessThan(1.3).isLessThan(meanRatio(alone));
  }

  @Test
  void anEmptySuiteEnds() {
    SimulatedRun run = Simulation.runs(SimulationParameters.calm(Map.of(), 4)).getFirst();
    assertThat(run.violations()).isEmpty();
    assertThat(run.ratio()).isEqualTo(1);
  }
}
