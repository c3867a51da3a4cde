package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.event.WriteFailure;
import dev.offload.engine.history.HistoryPlace;
import dev.offload.engine.history.JunitImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `offload history import-junit`: begin with what another runner measured.
@Command(
    name = "import-junit",
    description = {
      "Adds what JUnit reports tell of tests to the history. A report that was added before adds"
          + " nothing.",
      "Tests are known by the names that pytest, nextest and vitest give them in such reports."
    },
    footer = "  offload history import-junit old-results/*.xml")
final class HistoryImportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "JUnit reports.")
  private List<Path> files = List.of();

  private final GlobalOptions options;
  private final Console console;

  HistoryImportCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    OffloadConfig config = Configuration.load(options, console);
    HistoryPlace place = OpenHistory.place(config);
    String framework =
        config.frameworks().size() == 1
            ? config.frameworks().values().iterator().next().type()
            : "";
    JunitImport reports =
        new JunitImport(config.run().workingDirectory(), framework, place.configName());
    int attempts = 0;
    for (Path file : files) {
      attempts += read(reports, file);
    }
    try {
      place.file().update(Set.of(), history -> reports.addTo(history, place.capacity()));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.CANNOT_WRITE,
          "offload: " + place.file().path() + " cannot be written: " + WriteFailure.inWords(e));
    }
    console.say("read %d attempts into %s".formatted(attempts, place.file().path()));
    return CommandLine.ExitCode.OK;
  }

  private static int read(JunitImport reports, Path file) throws CommandFailure {
    try {
      if (!Files.isRegularFile(file)) {
        throw new IOException("there is no such file");
      }
      return reports.read(file);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "offload: " + file + " cannot be read: " + ReadFailure.inWords(e));
    }
  }
}
