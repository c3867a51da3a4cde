package dev.offload.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command `offload` with its subcommands.
@Command(
    name = "offload",
    description =
        "Runs a test suite in parallel on many sandboxes and gives one verdict for every test.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    parameterListHeading = "%nArguments:%n",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  offload init                    write an offload.toml to start from",
      "  offload run                     run all tests",
      "  offload run -k parser --ci      run the tests with 'parser' in their name",
      "  offload COMMAND --help          say more about one command"
    })
final class OffloadCommand implements Callable<Integer> {
  @Mixin private final GlobalOptions options = new GlobalOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private OffloadCommand() {}

  /// Make the whole command line, ready to execute.
  static CommandLine commandLine(Console console) {
    OffloadCommand offload = new OffloadCommand();
    GlobalOptions options = offload.options;
    CommandLine commandLine =
        new CommandLine(offload)
            .addSubcommand(new RunCommand(options, console))
            .addSubcommand(new CollectCommand(options, console))
            .addSubcommand(new BuildCommand(options, console))
            .addSubcommand(new InitCommand(options, console))
            .addSubcommand(new ValidateCommand(options, console))
            .addSubcommand(new LogsCommand(options, console))
            .addSubcommand(new ReportCommand(options, console))
            .addSubcommand(new MergeCommand(options, console))
            .addSubcommand(new ReapCommand(options, console))
            .addSubcommand(new PlanCommand(options, console))
            .addSubcommand(HistoryCommand.commandLine(options, console))
            .addSubcommand(new SimulateCommand(console))
            .addSubcommand(new CompletionCommand(console));
    return commandLine
        .setOut(console.out())
        .setErr(console.err())
        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
        .setUsageHelpLongOptionsMaxWidth(28)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(new UsageErrors(console))
        .setExecutionExceptionHandler(new Failures(console));
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }
}
