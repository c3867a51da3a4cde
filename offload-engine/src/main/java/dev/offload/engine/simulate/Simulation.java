package dev.offload.engine.simulate;

import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.simulate.VirtualTest.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/// Simulate runs of a suite, for planning.
public final class Simulation {
  private final SimulationParameters parameters;

  private Simulation(SimulationParameters parameters) {
    this.parameters = parameters;
  }

  /// Simulate all runs, in the order of their seeds.
  public static List<SimulatedRun> runs(SimulationParameters parameters) {
    Simulation simulation = new Simulation(parameters);
    DispatchPlan plan = simulation.plan();
    List<VirtualTest> tests = simulation.tests();
    return LongStream.range(parameters.seed(), parameters.seed() + parameters.runs())
        .mapToObj(seed -> SimulatedRun.of(new Scenario(plan, tests, simulation.faults(), -1, seed)))
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
    List<PlannedTest> planned = new ArrayList<>();
    parameters
        .durations()
        .forEach((name, _) -> {
          Double believed = parameters.history().get(name);
          Duration expected = believed == null ? Duration.ofNanos(-1) : duration(believed);
          planned.add(
              new PlannedTest(
                  new TestId(name),
                  "all",
                  file(name),
                  parameters.retries(),
                  Duration.ZERO,
                  expected,
                  false,
                  0));
        });
    return new DispatchPlan(planned, rules());
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
