package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.history.HistoryKey;
import dev.offload.engine.history.Sample;
import dev.offload.engine.history.TestRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `offload history show`: all that is known of one test.
@Command(
    name = "show",
    description = {
      "Shows all that is remembered of one test, the newest attempt first.",
      "Exit code: 1 when nothing is remembered of it."
    },
    footer = "  offload history show tests/test_a.py::test_b")
final class HistoryShowCommand implements Callable<Integer> {
  @Parameters(paramLabel = "TEST", description = "The test's exact id.")
  private String test = "";

  private final GlobalOptions options;
  private final Console console;

  HistoryShowCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  private record Line(Sample sample, String outcome) {}

  @Override
  public Integer call() throws CommandFailure {
    OpenHistory open = OpenHistory.read(options, console);
    Optional<TestRecord> found =
        open.history().lookUp(new HistoryKey(open.place().configName(), test));
    if (found.isEmpty()) {
      console.say(
          "nothing is remembered of '%s' in %s".formatted(test, open.place().file().path()));
      return ExitCodes.FAILED;
    }
    show(found.get());
    return CommandLine.ExitCode.OK;
  }

  private void show(TestRecord record) {
    console.out().println(test);
    console
        .out()
        .println(
            String.format(
                Locale.ROOT,
                "%d attempts, %d failed (%.1f %%); three of four passes take at most %.3f s",
                record.attempts(),
                record.failures(),
                100 * record.failureRate(),
                record.usual().orElse(0.0)));
    List<Line> lines = new ArrayList<>();
    record.passes().forEach(sample -> lines.add(new Line(sample, "passed")));
    record.fails().forEach(sample -> lines.add(new Line(sample, "failed")));
    lines.sort(Comparator.comparingLong((Line line) -> line.sample().at()).reversed());
    for (Line line : lines) {
      console
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  "  %s  %s %9.3fs  run %s",
                  Instant.ofEpochMilli(line.sample().at()).truncatedTo(ChronoUnit.SECONDS),
                  line.outcome(),
                  line.sample().seconds(),
                  Console.oneLine(line.sample().run())));
    }
  }
}
