package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.simulate.DurationsFile;
import dev.offload.engine.simulate.SimulatedRun;
import dev.offload.engine.simulate.Simulation;
import dev.offload.engine.simulate.SimulationParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `offload simulate`: plan with imagined sandboxes.
@Command(
    name = "simulate",
    description = {
      "Simulates runs on imagined sandboxes, by the rules that real runs follow, in no time.",
      "Needs no configuration. FILE is a JSON object {\"test id\": seconds}."
    },
    footer = {
      "  offload simulate --durations times.json --sandboxes 20",
      "  offload simulate --durations times.json --sandboxes 20 --startup-secs 8 --runs 50",
      "  offload simulate --durations times.json --sandboxes 20 --loss-rate 0.02 --format json"
    })
final class SimulateCommand implements Callable<Integer> {
  @Option(
      names = "--durations",
      paramLabel = "FILE",
      required = true,
      description = "How long each test really takes.")
  private Path durations = Path.of("");

  @Option(
      names = "--sandboxes",
      paramLabel = "N",
      required = true,
      description = "The largest number of sandboxes at one time.")
  private int sandboxes;

  @Option(
      names = "--history",
      paramLabel = "FILE",
      description = "How long the scheduler believes each test takes; default: the same.")
  private @Nullable Path history;

  @Option(
      names = "--startup-secs",
      paramLabel = "D",
      description = "How long a sandbox takes to start (default: 0).")
  private double startUp;

  @Option(
      names = "--batch-overhead-secs",
      paramLabel = "D",
      description = "What a batch takes before its first test (default: 0).")
  private double batchOverhead;

  @Option(
      names = "--loss-rate",
      paramLabel = "P",
      description = "How likely a sandbox dies while it runs a given batch (default: 0).")
  private double lossRate;

  @Option(
      names = "--detect-secs",
      paramLabel = "D",
      defaultValue = "2",
      description = "How long a death stays unknown (default: ${DEFAULT-VALUE}).")
  private double detect;

  @Option(
      names = "--flaky-rate",
      paramLabel = "P",
      description = "How likely an attempt of a good test fails (default: 0).")
  private double flakyRate;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = "How many failures of a test may be retried (default: 0).")
  private int retries;

  @Option(
      names = "--noise",
      paramLabel = "SIGMA",
      description = "Spread of durations: sigma of a lognormal factor (default: 0).")
  private double noise;

  @Option(
      names = "--slow-sandboxes",
      paramLabel = "P:FACTOR",
      description = "How likely a sandbox is slow, and how many times slower.")
  private @Nullable String slow;

  @Option(
      names = "--black-holes",
      paramLabel = "N",
      description = "How many sandboxes fail every test at once (default: 0).")
  private int blackHoles;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Where all chance comes from; run k uses SEED + k (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--runs",
      paramLabel = "K",
      defaultValue = "1",
      description = "How many runs to simulate (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ListingFormat format = ListingFormat.TEXT;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final Console console;

  SimulateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure {
    Map<String, Double> real = read(durations);
    Map<String, Double> believed = history == null ? real : read(history);
    List<SimulatedRun> simulated = Simulation.runs(parameters(real, believed));
    switch (format) {
      case TEXT -> SimulationText.text(simulated, console.out());
      case JSON -> SimulationText.json(simulated, console.out());
    }
    for (SimulatedRun run : simulated) {
      for (String violation : run.violations()) {
        console.complain(
            "seed " + run.seed() + " breaks a promise, a bug in Offload: " + violation);
      }
    }
    boolean isBroken = simulated.stream().anyMatch(run -> !run.violations().isEmpty());
    return isBroken ? ExitCodes.INTERNAL : CommandLine.ExitCode.OK;
  }

  private SimulationParameters parameters(Map<String, Double> real, Map<String, Double> believed) {
    double[] slowness = slowness();
    try {
      return new SimulationParameters(
          real,
          believed,
          sandboxes,
          startUp,
          batchOverhead,
          lossRate,
          detect,
          flakyRate,
          retries,
          noise,
          slowness[0],
          slowness[1],
          blackHoles,
          true,
          seed,
          runs);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private double[] slowness() {
    if (slow == null) {
      return new double[] {0, 1};
    }
    String[] parts = slow.split(":", -1);
    try {
      if (parts.length == 2) {
        return new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[1])};
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new ParameterException(
        spec.commandLine(),
        "--slow-sandboxes must be P:FACTOR, for example 0.1:3, but is '" + slow + "'");
  }

  private static Map<String, Double> read(Path file) throws CommandFailure {
    try {
      return DurationsFile.read(file);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.CONFIGURATION,
          "offload: " + file + " cannot be read: " + ReadFailure.inWords(e));
    }
  }
}
