package dev.offload.cli;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Carry out typical commands, in the current directory, so that the classes they need get into the
/// AOT cache of the distribution. Run while the distribution is made, never by users. Where that is
/// a job of GitHub Actions, its summary is left alone.
public final class AotTraining {
  private static final List<String> COMMANDS =
      List.of(
          "--version",
          "--help",
          "run --help",
          "rum",
          "validate",
          "collect",
          "run --github=off",
          "logs");

  private AotTraining() {}

  /// Carry out the commands.
  public static void main(String[] args) {
    for (String command : COMMANDS) {
      Console nowhere =
          new Console(
              OutputStream.nullOutputStream(),
              OutputStream.nullOutputStream(),
              StandardCharsets.UTF_8,
              StandardCharsets.UTF_8);
      Main.run(nowhere, command.split(" "));
    }
  }
}
