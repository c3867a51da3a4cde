package dev.offload.cli;

import dev.offload.api.settings.CacheFolder;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.event.WriteFailure;
import dev.offload.engine.history.History;
import dev.offload.engine.history.HistoryFile;
import dev.offload.engine.history.HistoryPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `offload history merge`: git's merge driver.
@Command(
    name = "merge",
    description = {
      "Merges two histories that grew from one, and writes the result to OURS. There are no"
          + " conflicts.",
      "git calls it; see `offload history setup-merge-driver`."
    },
    footer = "  offload history merge base.jsonl ours.jsonl theirs.jsonl")
final class HistoryMergeCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "BASE",
      description = "What both grew from; may be empty or missing.")
  private Path base = Path.of("");

  @Parameters(index = "1", paramLabel = "OURS", description = "One of them; gets the result.")
  private Path ours = Path.of("");

  @Parameters(index = "2", paramLabel = "THEIRS", description = "The other one.")
  private Path theirs = Path.of("");

  private final Console console;

  HistoryMergeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure {
    History merged = History.merge(read(base), read(ours), read(theirs));
    try {
      file(ours).write(merged);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.CANNOT_WRITE,
          "offload: " + ours + " cannot be written: " + WriteFailure.inWords(e));
    }
    return CommandLine.ExitCode.OK;
  }

  private History read(Path path) throws CommandFailure {
    return OpenHistory.read(file(path), console);
  }

  private static HistoryFile file(Path path) {
    return new HistoryFile(path, HistoryPlace.locks(CacheFolder.locate()));
  }
}
