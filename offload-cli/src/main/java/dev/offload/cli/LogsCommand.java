package dev.offload.cli;

import dev.offload.cli.terminal.SafeText;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import dev.offload.engine.event.EventJournal;
import dev.offload.engine.event.JournalException;
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
      "  offload logs --test-regex 'parser.*utf'",
      "  offload logs --failures --attempts --output   every attempt, and what it wrote",
      "  offload logs --json                           all of it, for programs"
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

  @Option(names = "--output", description = "Also show what the tests wrote, of all tests.")
  private boolean output;

  @Option(names = "--attempts", description = "Show every attempt, not only the first that failed.")
  private boolean attempts;

  @Option(names = "--json", description = "Write a JSON list with everything, for programs.")
  private boolean json;

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
    if (output || attempts || json) {
      return showJournal(report.outputDirectory().resolve(EventJournal.FILE_NAME), pattern);
    }
    Path file = report.outputDirectory().resolve(report.junitFile());
    List<LogEntry> shown =
        read(file).stream()
            .filter(entry -> isWanted(entry.status()) && isMeant(entry.id(), pattern))
            .sorted(Comparator.comparing(LogEntry::id))
            .toList();
    for (LogEntry entry : shown) {
      console.out().println("=== " + Console.oneLine(entry.id()) + " [" + entry.status() + "] ===");
      entry.text().forEach(text -> SafeText.lines(text).forEach(console.out()::println));
      console.out().println();
    }
    if (shown.isEmpty()) {
      console.say("No test of " + file + " is meant by this.");
    }
    return CommandLine.ExitCode.OK;
  }

  private int showJournal(Path journal, Pattern pattern) throws CommandFailure {
    List<JournalLog.Entry> shown =
        readJournal(journal, pattern).stream()
            .filter(entry -> isWanted(entry.status()))
            .sorted(Comparator.comparing(entry -> entry.test().id()))
            .toList();
    if (json) {
      JournalLogText.writeJson(shown, console.out());
    } else {
      JournalLogText.Shown what = new JournalLogText.Shown(attempts, output);
      shown.forEach(entry -> JournalLogText.write(entry, what, console.out()));
    }
    if (shown.isEmpty()) {
      console.say("No test of " + journal + " is meant by this.");
    }
    return CommandLine.ExitCode.OK;
  }

  private List<JournalLog.Entry> readJournal(Path journal, Pattern pattern) throws CommandFailure {
    if (!Files.exists(journal)) {
      throw new CommandFailure(
          ExitCodes.FAILED, "offload: there is no " + journal + " yet; `offload run` writes it");
    }
    try {
      return JournalLog.read(journal, id -> isMeant(id, pattern));
    } catch (IOException | JournalException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "offload: " + journal + " cannot be read: " + ReadFailure.inWords(e));
    }
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
          ExitCodes.FAILED, "offload: " + file + " cannot be read: " + ReadFailure.inWords(e));
    }
  }

  private boolean isWanted(LogEntry.Status status) {
    return (!failures && !errors)
        || (failures && status.isFailure())
        || (errors && status == LogEntry.Status.ERROR);
  }

  private boolean isMeant(String id, Pattern pattern) {
    return (tests.isEmpty() || tests.contains(id)) && pattern.matcher(id).find();
  }
}
