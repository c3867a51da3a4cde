package dev.offload.cli;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/// Write the reference of the command line out of the commands themselves.
final class CliReference {
  private CliReference() {}

  /// Return the whole page.
  static String text() {
    Console nowhere =
        new Console(
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            StandardCharsets.UTF_8,
            StandardCharsets.UTF_8);
    CommandLine offload = OffloadCommand.commandLine(nowhere);
    StringBuilder page =
        new StringBuilder(
            """
            # The command line

            <!-- Made from the commands themselves; `CliReferenceTest` says how to make it again. -->

            What programs read goes to standard output, everything else to standard error. The options `--config`,
            `--verbose`, `--help` and `--version` may stand before or after the name of the command. Exit codes are
            in [exit-codes.md](exit-codes.md).

            """);
    section(page, "offload", offload);
    sections(page, "offload", offload);
    return page.toString().stripTrailing() + "\n";
  }

  private static void sections(StringBuilder page, String title, CommandLine parent) {
    parent
        .getSubcommands()
        .forEach((name, command) -> {
          section(page, title + " " + name, command);
          sections(page, title + " " + name, command);
        });
  }

  private static void section(StringBuilder page, String title, CommandLine command) {
    String help = command.getUsageMessage(Help.Ansi.OFF).replace("\r\n", "\n").stripTrailing();
    page.append("## ").append(title).append("\n\n```text\n").append(help).append("\n```\n\n");
  }
}
