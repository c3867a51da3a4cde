package dev.offload.cli;

import dev.offload.api.test.Verdict;
import dev.offload.engine.simulate.SimulatedRun;
import dev.offload.engine.simulate.Simulation;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Write simulated runs as text or as JSON.
final class SimulationText {
  private SimulationText() {}

  /// Write a table for people.
  static void text(List<SimulatedRun> runs, PrintWriter out) {
    out.println("  seed  makespan     bound  ratio  losses  hedges  rerun    wasted  verdicts");
    for (SimulatedRun run : runs) {
      out.println(
          String.format(
              Locale.ROOT,
              "%6d %8.2fs %8.2fs %6.3f %7d %7d %6d %8.2fs  %s",
              run.seed(),
              run.makespan(),
              run.lowerBound(),
              run.ratio(),
              run.sandboxLosses(),
              run.hedges(),
              run.rerunTests(),
              run.wasted(),
              verdicts(run)));
    }
    out.println(
        String.format(
            Locale.ROOT,
            "mean ratio %.3f, p99 %.3f",
            Simulation.meanRatio(runs),
            Simulation.p99Ratio(runs)));
  }

  private static String verdicts(SimulatedRun run) {
    return Stream.of(Verdict.values())
        .filter(verdict -> run.verdicts().getOrDefault(verdict, 0) > 0)
        .map(verdict -> run.verdicts().get(verdict) + " " + name(verdict).replace('_', ' '))
        .collect(Collectors.joining(", "));
  }

  private static String name(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  /// Write one object for programs.
  static void json(List<SimulatedRun> runs, PrintWriter out) {
    out.print("{\"runs\":[");
    out.print(runs.stream().map(SimulationText::json).collect(Collectors.joining(",\n")));
    out.println(
        "],\"mean_ratio\":%s,\"p99_ratio\":%s}"
            .formatted(number(Simulation.meanRatio(runs)), number(Simulation.p99Ratio(runs))));
  }

  private static String json(SimulatedRun run) {
    String verdicts =
        Stream.of(Verdict.values())
            .map(verdict ->
                "\"%s\":%d".formatted(name(verdict), run.verdicts().getOrDefault(verdict, 0)))
            .collect(Collectors.joining(","));
    return ("{\"seed\":%d,\"makespan_secs\":%s,\"lower_bound_secs\":%s,\"ratio\":%s,\"tests\":%d,"
            + "\"verdicts\":{%s},\"sandbox_losses\":%d,\"hedges\":%d,\"rerun_tests\":%d,"
            + "\"wasted_secs\":%s}")
        .formatted(
            run.seed(),
            number(run.makespan()),
            number(run.lowerBound()),
            number(run.ratio()),
            run.tests(),
            verdicts,
            run.sandboxLosses(),
            run.hedges(),
            run.rerunTests(),
            number(run.wasted()));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6f", value);
  }
}
