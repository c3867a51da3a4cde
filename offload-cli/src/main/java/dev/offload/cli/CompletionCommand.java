package dev.offload.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `offload completion`: print a script that completes the command line.
@Command(
    name = "completion",
    description = "Prints a script for your shell that completes Offload's commands and options.",
    footer = {
      "  eval \"$(offload completion bash)\"    in ~/.bashrc",
      "  eval \"$(offload completion zsh)\"     in ~/.zshrc",
      "  offload completion fish | source     in ~/.config/fish/config.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  /// Name a shell.
  enum Shell {
    /// The GNU shell.
    BASH,
    /// The Z shell.
    ZSH,
    /// The friendly one.
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.BASH;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final Console console;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommandLine offload = spec.root().commandLine();
    switch (shell) {
      case BASH, ZSH -> console.out().println(AutoComplete.bash("offload", offload));
      case FISH -> console.out().print(FishCompletion.script(offload));
    }
    return CommandLine.ExitCode.OK;
  }
}
