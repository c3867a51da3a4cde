package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.event.WriteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `offload history setup-merge-driver`: have git merge histories by itself.
@Command(
    name = "setup-merge-driver",
    description = {
      "Tells the git repository you are in to merge the history with `offload history merge`.",
      "Adds a line to .gitattributes, which is to be committed, and two settings to this clone."
          + " Doing it twice does nothing more."
    },
    footer = "  offload history setup-merge-driver")
final class HistoryDriverCommand implements Callable<Integer> {
  private static final String DRIVER = "offload-history";
  private static final String DEFAULT_NAME = "offload-history.jsonl";

  private final GlobalOptions options;
  private final Console console;

  HistoryDriverCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    git("rev-parse", "--git-dir");
    String line = historyName() + " merge=" + DRIVER;
    Path attributes = Path.of(".gitattributes");
    try {
      addLine(attributes, line);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.CANNOT_WRITE,
          "offload: .gitattributes cannot be written: " + WriteFailure.inWords(e));
    }
    git("config", "merge." + DRIVER + ".name", "Offload test history");
    git("config", "merge." + DRIVER + ".driver", "offload history merge %O %A %B");
    console.say("git now merges " + historyName() + " with `offload history merge`;");
    console.say("commit .gitattributes, and call this once in every other clone");
    return CommandLine.ExitCode.OK;
  }

  /// Return the base name of the history file, which is what .gitattributes matches in any folder.
  private String historyName() throws CommandFailure {
    if (!Files.exists(options.config())) {
      return DEFAULT_NAME;
    }
    return Configuration.load(options, console)
        .history()
        .map(OffloadConfig.HistorySettings::path)
        .map(path -> String.valueOf(path.getFileName()))
        .orElse(DEFAULT_NAME);
  }

  private static void addLine(Path file, String line) throws IOException {
    String before = Files.exists(file) ? Files.readString(file) : "";
    if (before.lines().anyMatch(there -> there.strip().equals(line))) {
      return;
    }
    String separator = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
    Files.writeString(
        file,
        separator + line + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.APPEND);
  }

  private static void git(String... arguments) throws CommandFailure, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new CommandFailure(
            ExitCodes.FAILED,
            "offload: `" + String.join(" ", command) + "` failed: " + output.strip());
      }
    } catch (IOException | UncheckedIOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "offload: git cannot be called: " + e.getMessage());
    }
  }
}
