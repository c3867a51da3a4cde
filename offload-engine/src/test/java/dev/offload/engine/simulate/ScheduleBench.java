package dev.offload.engine.simulate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/// Prints how near to the lower bound the schedule of real suites comes; `bench/schedule` starts
/// it.
final class ScheduleBench {
  private static final int[] SANDBOXES = {8, 40, 200};

  private final Map<String, Double> durations;
  private final int runs;

  private ScheduleBench(Map<String, Double> durations, int runs) {
    this.durations = durations;
    this.runs = runs;
  }

  /// A column of the table.
  private enum Column {
    TRUE_HISTORY("true history", 1.05),
    YEAR_OLD("a year old", 1.12),
    NO_HISTORY("no history", 1.15),
    LOSSES("5 % losses", 1.20),
    SLOW("10 % slow", 1.25),
    COSTLY("5 s start, 1 s batch", Double.NaN);

    private final String title;
    private final double aim;

    Column(String title, double aim) {
      this.title = title;
      this.aim = aim;
    }
  }

  public static void main(String[] args) throws IOException {
    int runs = Integer.parseInt(args[0]);
    Map<Column, List<Double>> all = new EnumMap<>(Column.class);
    System.out.printf("%-34s %9s", "suite", "sandboxes");
    for (Column column : Column.values()) {
      System.out.printf("  %s", column.title);
      all.put(column, new ArrayList<>());
    }
    System.out.println();
    for (String file : List.of(args).subList(1, args.length)) {
      ScheduleBench bench = new ScheduleBench(DurationsFile.read(Path.of(file)), runs);
      for (int sandboxes : SANDBOXES) {
        System.out.printf("%-34s %9d", Path.of(file).getFileName(), sandboxes);
        for (Column column : Column.values()) {
          double ratio = bench.mean(column, sandboxes);
          Objects.requireNonNull(all.get(column)).add(ratio);
          System.out.printf(Locale.ROOT, "  %" + column.title.length() + ".3f", ratio);
        }
        System.out.println();
      }
    }
    System.out.printf("%-44s", "mean");
    for (Column column : Column.values()) {
      double mean =
          Objects.requireNonNull(all.get(column)).stream()
              .mapToDouble(Double::doubleValue)
              .average()
              .orElse(0);
      System.out.printf(Locale.ROOT, "  %" + column.title.length() + ".3f", mean);
    }
    System.out.println();
    System.out.printf("%-44s", "aim");
    for (Column column : Column.values()) {
      String aim = Double.isNaN(column.aim) ? "" : String.format(Locale.ROOT, "%.2f", column.aim);
      System.out.printf(Locale.ROOT, "  %" + column.title.length() + "s", aim);
    }
    System.out.println();
  }

  private double mean(Column column, int sandboxes) {
    List<SimulatedRun> all = new ArrayList<>();
    for (int seed = 1; seed <= runs; seed++) {
      all.addAll(Simulation.runs(parameters(column, sandboxes, seed)));
    }
    for (SimulatedRun run : all) {
      if (!run.violations().isEmpty()) {
        throw new IllegalStateException(column + " " + run.seed() + ": " + run.violations());
      }
    }
    return Simulation.meanRatio(all);
  }

  private SimulationParameters parameters(Column column, int sandboxes, int seed) {
    Map<String, Double> history =
        switch (column) {
          case NO_HISTORY -> Map.of();
          case YEAR_OLD -> yearOld(seed);
          case TRUE_HISTORY, LOSSES, SLOW, COSTLY -> durations;
        };
    boolean costly = column == Column.COSTLY;
    return new SimulationParameters(
        durations,
        history,
        sandboxes,
        costly ? 5 : 0,
        costly ? 1 : 0,
        column == Column.LOSSES ? 0.05 : 0,
        2,
        0,
        0,
        0,
        column == Column.SLOW ? 0.1 : 0,
        5,
        0,
        true,
        seed,
        1);
  }

  /// Return what was measured a year ago: most tests take somewhat longer or shorter since, a few
  /// changed wholly, and one in eight was not there.
  private Map<String, Double> yearOld(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Double> old = new LinkedHashMap<>();
    durations.forEach((test, seconds) -> {
      double factor = Math.exp(0.4 * random.nextGaussian());
      if (random.nextDouble() < 0.05) {
        factor *= random.nextBoolean() ? 3 : 1.0 / 3;
      }
      if (random.nextDouble() >= 0.125) {
        old.put(test, seconds * factor);
      }
    });
    return old;
  }
}
