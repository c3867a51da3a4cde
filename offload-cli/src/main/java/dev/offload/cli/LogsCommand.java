package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `offload logs`: show what the tests of the last run had to say.
@Command(
    name = "logs",
    description = {
      "Shows the tests of the last run and what they had to say, from its JUnit report.",
      "--failures and --errors together show both; ids and patterns narrow that down."
    },
    footer = {
      "  offload logs --failures               what failed, and why",
      "  offload logs --test tests/test_a.py::test_b",
      "  offload logs --test-regex 'parser.*utf'"
    })
final class LogsCommand implements Callable<Integer> {
  @Option(
      names = "--failures",
      description = "Show tests that failed, for good or before they passed.")
  private boolean failures;

  @Option(names = "--errors", description = "Show tests that could not be judged.")
  private boolean errors;

  @Option(names = "--test", paramLabel = "ID", description = "Show this test; may be repeated.")
  private List<String> tests = List.of();

  @Option(
      names = "--test-regex",
      paramLabel = "REGEX",
      description = "Show tests whose id contains a match.")
  private @Nullable String regex;

  private final GlobalOptions options;
  private final Console console;

  LogsCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure {
    Pattern pattern = pattern();
    ReportSettings report = Configuration.load(options, console).report();
    Path file = report.outputDirectory().resolve(report.junitFile());
    List<LogEntry> shown =
        read(file).stream()
            .filter(entry -> isSelected(entry, pattern))
            .sorted(Comparator.comparing(LogEntry::id))
            .toList();
    for (LogEntry entry : shown) {
      console.out().println("=== " + Console.oneLine(entry.id()) + " [" + entry.status() + "] ===");
      entry.text().forEach(console.out()::println);
      console.out().println();
    }
    if (shown.isEmpty()) {
      console.say("No test of " + file + " is meant by this.");
    }
    return CommandLine.ExitCode.OK;
  }

  private Pattern pattern() throws CommandFailure {
    try {
      return Pattern.compile(regex == null ? "" : regex);
    } catch (PatternSyntaxException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, "offload: --test-regex is no pattern: " + e.getDescription());
    }
  }

  private static List<LogEntry> read(Path file) throws CommandFailure {
    if (!Files.exists(file)) {
      throw new CommandFailure(
          ExitCodes.FAILED, "offload: there is no " + file + " yet; `offload run` writes it");
    }
    try {
      return JunitLog.read(file);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "offload: " + file + " cannot be read: " + e.getMessage());
    }
  }

  private boolean isSelected(LogEntry entry, Pattern pattern) {
    boolean status =
        (!failures && !errors)
            || (failures && entry.status().isFailure())
            || (errors && entry.status() == LogEntry.Status.ERROR);
    return status
        && (tests.isEmpty() || tests.contains(entry.id()))
        && pattern.matcher(entry.id()).find();
  }
}
