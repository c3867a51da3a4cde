package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Answer a wrong command line in two lines: what is wrong, with the nearest thing that would be
/// right, and where to read more.
final class UsageErrors implements IParameterExceptionHandler {
  private final Console console;

  UsageErrors(Console console) {
    this.console = console;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    console.complain(message(e));
    console.say("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCodes.USAGE;
  }

  private static String message(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(e.getMessage());
    }
    String first = unmatched.getUnmatched().getFirst();
    String kind = first.startsWith("-") ? "option" : isCommand(e) ? "command" : "argument";
    List<String> suggestions = unmatched.getSuggestions();
    String nearest =
        suggestions.isEmpty() ? "" : "; did you mean '" + suggestions.getFirst() + "'?";
    return "unknown " + kind + " '" + first + "'" + nearest;
  }

  private static boolean isCommand(ParameterException e) {
    return !e.getCommandLine().getSubcommands().isEmpty();
  }
}
