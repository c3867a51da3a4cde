package dev.offload.framework.pytest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.command.ShellWords;
import java.util.List;

/// Explain why pytest did not come to its end.
final class PytestStart {
  private PytestStart() {}

  /// Return one or two sentences: what happened and what to do.
  static String failure(CommandOutput output, PytestOptions options) {
    String stderr = output.stderr();
    String command = "`" + ShellWords.join(options.command()) + "`";
    if (stderr.contains(PytestScript.NO_PYTHON)) {
      return "Neither python nor python3 was found on PATH: install Python, or name another command"
          + " in [framework] command.";
    }
    if (stderr.contains("No module named pytest")) {
      return "pytest is not installed for the Python that "
          + command
          + " starts: install it there, or name the Python of your environment in [framework]"
          + " command.";
    }
    if (stderr.contains("No module named " + PytestScript.PLUGIN)
        || stderr.contains("No module named '" + PytestScript.PLUGIN)) {
      return command
          + " sets PYTHONPATH anew, by which Offload's plug-in is found: set it in the table env of"
          + " [framework] instead.";
    }
    return switch (output.exit()) {
      case Exit exit when exit.isProgramMissing() ->
          command + " was not found: install it, or correct [framework] command.";
      case Exit.Exited(int code) when code == PytestExit.NOT_EXECUTABLE ->
          command + " cannot be executed: correct [framework] command.";
      case Exit.Exited(int code) when code == 4 -> refusal(output, command);
      case Exit exit ->
          command
              + " ended ("
              + exit.inWords()
              + ") before it had listed the tests"
              + cause(output);
    };
  }

  private static String refusal(CommandOutput output, String command) {
    return command + " refused its arguments or its configuration" + cause(output);
  }

  /// Add pytest's own line, where there is one that says what is wrong.
  private static String cause(CommandOutput output) {
    List<String> lines =
        output.stderr().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    for (String mark : List.of(": error: ", "ERROR: ")) {
      for (String line : lines) {
        int found = line.indexOf(mark);
        if (found >= 0) {
          return ": " + line.substring(found + mark.length());
        }
      }
    }
    return lines.isEmpty() ? "." : ": " + lines.getLast();
  }
}
