package dev.offload.cli;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.ReporterFactory;
import dev.offload.cli.terminal.FinalReporter;
import dev.offload.cli.terminal.TerminalSettings;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.OutputFolder;
import dev.offload.engine.event.EventFanOut;
import dev.offload.engine.event.EventJournal;
import dev.offload.engine.event.JournalException;
import dev.offload.engine.event.WriteFailure;
import dev.offload.engine.shard.ShardMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `offload merge`: put the results of shards together.
@Command(
    name = "merge",
    description = {
      "Puts the results of shards (offload run --shard) together: one summary, one set of reports,"
          + " one exit code. Their logs and artifacts are copied, with new numbers.",
      "The exit code is that of a run of the whole suite; when a shard is missing it is 3, or 1 if"
          + " a test failed."
    },
    footer = {
      "  offload merge shard-1 shard-2 shard-3      the output folders of all shards",
      "  offload merge shards/* --output merged     needs no configuration"
    })
final class MergeCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIR",
      arity = "1..*",
      description = "The output folders of the shards, or their journals (events.jsonl).")
  private List<Path> folders = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where to write the reports; default: the configured output folder.")
  private @Nullable Path output;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final GlobalOptions options;
  private final Console console;

  MergeCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure {
    ReportContext context =
        output == null
            ? Reports.context(Configuration.load(options, console), console)
            : Reports.context(output, console);
    for (Path folder : folders) {
      if (isSame(folder, context.outputDirectory())) {
        throw new ParameterException(
            spec.commandLine(),
            "the reports cannot be written to " + folder + ", which is a shard: give --output");
      }
    }
    try {
      ShardMerge merge = ShardMerge.of(Version.number(), RunId.next(), folders);
      return write(merge, context);
    } catch (ShardMerge.NotTogether | JournalException e) {
      throw new CommandFailure(ExitCodes.CONFIGURATION, "offload: " + e.getMessage());
    } catch (OutputFolder.InUse e) {
      throw new CommandFailure(ExitCodes.CONFIGURATION, "offload: " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.CANNOT_WRITE,
          "offload: the shards cannot be merged: " + WriteFailure.inWords(e));
    }
  }

  private static boolean isSame(Path one, Path other) {
    Path folder = Files.isRegularFile(one) ? one.toAbsolutePath().getParent() : one;
    if (folder == null) {
      return false;
    }
    try {
      return Files.isSameFile(folder.toAbsolutePath().normalize(), other);
    } catch (IOException _) {
      // One of them is not there, which is said where the shards are read.
      return false;
    }
  }

  private int write(ShardMerge merge, ReportContext context)
      throws IOException, JournalException, OutputFolder.InUse {
    Path folder = context.outputDirectory();
    EventFanOut reports = new EventFanOut();
    try (OutputFolder _ = OutputFolder.claim(folder, false)) {
      reports.add("events.jsonl", EventJournal.create(folder.resolve(EventJournal.FILE_NAME)));
      List<ReporterFactory> wanted =
          PlugIns.reports().stream().filter(factory -> factory.onByDefault(context)).toList();
      TerminalSettings settings =
          TerminalSettings.ofProcess(System.getenv(), true, false, console.errCharset());
      FinalReporter summary = new FinalReporter(console.err(), settings, context);
      reports.addAllOf(Reports.with(wanted, context, "summary", summary));
      int exitCode = merge.tell(reports::accept);
      boolean whole = copyFiles(merge, folder);
      reports.close();
      reports.failures().forEach(failure -> console.say("error: " + failure));
      return (whole && reports.failures().isEmpty()) || exitCode != ExitCodes.PASSED
          ? exitCode
          : ExitCodes.CANNOT_WRITE;
    } finally {
      reports.close();
    }
  }

  private boolean copyFiles(ShardMerge merge, Path folder) {
    try {
      merge.copyFiles(folder);
      return true;
    } catch (IOException e) {
      console.say(
          "error: not all logs and artifacts of the shards could be copied: "
              + WriteFailure.inWords(e));
      return false;
    }
  }
}
