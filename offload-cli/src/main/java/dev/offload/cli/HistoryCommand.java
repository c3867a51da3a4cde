package dev.offload.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `offload history`: look at what is remembered of tests, and care for the file.
@Command(
    name = "history",
    description = {
      "Shows what is remembered of tests between runs, and cares for the file it is in.",
      "That file is the `path` of [history], or one in your cache folder where there is no such"
          + " table."
    },
    footer = {
      "  offload history slowest -n 20                       what takes longest",
      "  offload history flakiest                            what fails now and then",
      "  offload history show tests/test_a.py::test_b        all that is known of one test",
      "  offload history import-junit ci/*.xml               begin with what another runner measured",
      "  offload history setup-merge-driver                  no conflicts in a file kept in git"
    })
final class HistoryCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private HistoryCommand() {}

  /// Make it with its subcommands.
  static CommandLine commandLine(GlobalOptions options, Console console) {
    return new CommandLine(new HistoryCommand())
        .addSubcommand(new HistoryListCommand.Slowest(options, console))
        .addSubcommand(new HistoryListCommand.Flakiest(options, console))
        .addSubcommand(new HistoryShowCommand(options, console))
        .addSubcommand(new HistoryImportCommand(options, console))
        .addSubcommand(new HistoryMergeCommand(console))
        .addSubcommand(new HistoryDriverCommand(options, console));
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }
}
