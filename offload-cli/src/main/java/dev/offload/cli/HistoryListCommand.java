package dev.offload.cli;

import dev.offload.engine.history.HistoryKey;
import dev.offload.engine.history.TestRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `offload history slowest` and `flakiest`: list tests by what is remembered of them.
abstract class HistoryListCommand implements Callable<Integer> {
  @Option(
      names = {"-n", "--number"},
      paramLabel = "N",
      defaultValue = "10",
      description = "How many tests to show (default: ${DEFAULT-VALUE}).")
  private int number;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final GlobalOptions options;
  private final Console console;

  private HistoryListCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  /// Tests that take longest.
  @Command(
      name = "slowest",
      description = "Lists the tests that take longest, by the time three of four passes keep to.",
      footer = {"  offload history slowest", "  offload history slowest -n 50"})
  static final class Slowest extends HistoryListCommand {
    Slowest(GlobalOptions options, Console console) {
      super(options, console);
    }

    @Override
    double rank(TestRecord test) {
      return test.usual().orElse(0.0);
    }
  }

  /// Tests that fail now and then.
  @Command(
      name = "flakiest",
      description = {
        "Lists the tests that sometimes fail and sometimes pass, by the share of failed attempts."
      },
      footer = {"  offload history flakiest", "  offload history flakiest -n 50"})
  static final class Flakiest extends HistoryListCommand {
    Flakiest(GlobalOptions options, Console console) {
      super(options, console);
    }

    @Override
    double rank(TestRecord test) {
      return test.failures() < test.attempts() ? test.failureRate() : 0;
    }
  }

  /// Return what the list is sorted by; tests with 0 are left out.
  abstract double rank(TestRecord test);

  @Override
  public Integer call() throws CommandFailure {
    if (number < 1) {
      throw new ParameterException(spec.commandLine(), "--number must be at least 1");
    }
    OpenHistory open = OpenHistory.read(options, console);
    List<Map.Entry<HistoryKey, TestRecord>> tests =
        open.history().sorted().entrySet().stream()
            .filter(test -> test.getKey().config().equals(open.place().configName()))
            .filter(test -> rank(test.getValue()) > 0)
            .sorted(
                Comparator.comparingDouble(
                    (Map.Entry<HistoryKey, TestRecord> test) -> -rank(test.getValue())))
            .limit(number)
            .toList();
    if (!open.history().knows(open.place().configName())) {
      open.sayEmpty(console);
    } else if (tests.isEmpty()) {
      console.say("no such test");
    } else {
      console.out().println("    usual  attempts  failed  test");
      tests.forEach(test -> console.out().println(line(test.getKey(), test.getValue())));
    }
    return CommandLine.ExitCode.OK;
  }

  private static String line(HistoryKey key, TestRecord test) {
    return String.format(
        Locale.ROOT,
        "%8.3fs %9d %7d  %s",
        test.usual().orElse(0.0),
        test.attempts(),
        test.failures(),
        Console.oneLine(key.id()));
  }
}
