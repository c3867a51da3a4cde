package dev.offload.engine.simulate;

import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.Earlier;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.history.Expectation;
import dev.offload.engine.history.Expectations;
import dev.offload.engine.history.KnownDurations;
import dev.offload.engine.simulate.VirtualTest.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/// Simulate runs of a suite, for planning.
public final class Simulation {
  private static final Duration UNKNOWN = Duration.ofSeconds(-1);

  private final SimulationParameters parameters;

  private Simulation(SimulationParameters parameters) {
    this.parameters = parameters;
  }

  /// Simulate all runs, in the order of their seeds.
  public static List<SimulatedRun> runs(SimulationParameters parameters) {
    return scenarios(parameters).stream().map(SimulatedRun::of).toList();
  }

  /// Return what the runs are made of.
  static List<Scenario> scenarios(SimulationParameters parameters) {
    Simulation simulation = new Simulation(parameters);
    DispatchPlan plan = simulation.plan();
    List<VirtualTest> tests = simulation.tests();
    return LongStream.range(parameters.seed(), parameters.seed() + parameters.runs())
        .mapToObj(seed -> new Scenario(plan, tests, simulation.faults(), -1, seed))
        .toList();
  }

  /// Return the mean of makespan by lower bound.
  public static double meanRatio(List<SimulatedRun> runs) {
    return runs.stream().mapToDouble(SimulatedRun::ratio).average().orElse(1);
  }

  /// Return the ratio of makespan to lower bound which 99 of 100 runs do not exceed.
  public static double p99Ratio(List<SimulatedRun> runs) {
    List<Double> ratios = new ArrayList<>(runs.stream().map(SimulatedRun::ratio).toList());
    Collections.sort(ratios);
    return ratios.isEmpty() ? 1 : ratios.get((int) Math.ceil(ratios.size() * 0.99) - 1);
  }

  private DispatchPlan plan() {
    Map<String, Duration> believed = new HashMap<>();
    parameters.history().forEach((name, seconds) -> believed.put(name, duration(seconds)));
    List<TestCase> tests =
        parameters.durations().keySet().stream()
            .map(name -> new TestCase(new TestId(name), "all", file(name), 0, ""))
            .toList();
    Expectations expectations = new Expectations(new KnownDurations(""), believed, tests);
    List<PlannedTest> planned =
        tests.stream().map(test -> planned(test, expectations.of(test))).toList();
    return new DispatchPlan(planned, rules());
  }

  private PlannedTest planned(TestCase test, Optional<Expectation> expected) {
    return new PlannedTest(
        test.id(),
        test.group(),
        test.file(),
        parameters.retries(),
        Duration.ZERO,
        expected.map(Expectation::usual).orElse(UNKNOWN),
        expected.map(Expectation::high).orElse(UNKNOWN),
        false,
        0,
        "",
        Earlier.NONE,
        false);
  }

  private Rules rules() {
    return new Rules(
        parameters.sandboxes(),
        false,
        parameters.hedging(),
        Integer.MAX_VALUE,
        new Costs(
            duration(parameters.startUp()),
            duration(parameters.batchOverhead()),
            Duration.ZERO,
            parameters.lossRate()),
        // Losses are what is being studied: they end no run.
        Integer.MAX_VALUE,
        Duration.ofDays(1),
        1.3,
        3,
        Duration.ofSeconds(10));
  }

  private List<VirtualTest> tests() {
    return parameters.durations().values().stream()
        .map(seconds -> new VirtualTest(seconds, Behaviour.PASSES, parameters.flakyRate()))
        .toList();
  }

  private Faults faults() {
    return Faults.plain(
        parameters.startUp(),
        parameters.batchOverhead(),
        parameters.noise(),
        parameters.detect(),
        parameters.lossRate(),
        parameters.slow(),
        parameters.slowFactor(),
        parameters.blackHoles());
  }

  /// Return the part of a pytest id before the first `::`: tests of one file are neighbours.
  private static String file(String name) {
    int end = name.indexOf("::");
    return end < 0 ? "" : name.substring(0, end);
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
