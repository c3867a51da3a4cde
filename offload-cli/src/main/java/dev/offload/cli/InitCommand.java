package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `offload init`: write a configuration file to start from.
@Command(
    name = "init",
    description = {
      "Writes a configuration file that works as it is, with comments.",
      "An existing file is never touched."
    },
    footer = {
      "  offload init                         pytest in local processes",
      "  offload init -p default              sandboxes made by shell commands of yours",
      "  offload init -f default -c ci.toml   tests that are scripts, in another file"
    })
final class InitCommand implements Callable<Integer> {
  @Option(
      names = {"-p", "--provider"},
      paramLabel = "TYPE",
      defaultValue = "local",
      description = "Where tests run: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ConfigTemplate.Provider provider = ConfigTemplate.Provider.LOCAL;

  @Option(
      names = {"-f", "--framework"},
      paramLabel = "TYPE",
      defaultValue = "pytest",
      description =
          "What tests are written with: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ConfigTemplate.Framework framework = ConfigTemplate.Framework.PYTEST;

  private final GlobalOptions options;
  private final Console console;

  InitCommand(GlobalOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  @Override
  public Integer call() throws CommandFailure {
    Path file = options.config();
    try {
      Files.writeString(
          file, ConfigTemplate.text(provider, framework), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException _) {
      throw new CommandFailure(
          ExitCodes.FAILED,
          "offload: "
              + file
              + " exists already and was not touched; name another with -c, or remove it first");
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.CANNOT_WRITE, "offload: " + file + " could not be written: " + reason(e));
    }
    String config = file.equals(Path.of("offload.toml")) ? "" : " -c " + file;
    console.say("Wrote " + file + ". Next:");
    console.say("  offload collect" + config + "   lists the tests it finds");
    console.say("  offload run" + config + "       runs them");
    return CommandLine.ExitCode.OK;
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> "its folder does not exist";
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }
}
