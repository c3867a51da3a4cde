package dev.offload.api.command;

import java.util.List;
import java.util.Map;

/// Describe a program to run.
///
/// @param argv the program and its arguments; the program is looked up on `PATH` where the command
///   runs
/// @param env variables to add to the environment there; values are secrets: they MUST NOT appear
///   on a command line, in a log, an event or a report
/// @param workingDirectory an absolute directory where the command runs, or one relative to the
///   project root there; empty means the project root
public record Command(List<String> argv, Map<String, String> env, String workingDirectory) {
  /// Check that there is a program, and copy.
  public Command {
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command has no program");
    }
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
  }

  /// Make a command that runs in the project root with no variables of its own.
  public static Command of(String... argv) {
    return new Command(List.of(argv), Map.of(), "");
  }

  /// Make a command out of a line for the POSIX shell.
  public static Command shell(String line) {
    return of("sh", "-c", line);
  }

  /// Return this command with more variables; where a name is in both, `more` wins.
  public Command withEnv(Map<String, String> more) {
    Map<String, String> merged = new java.util.HashMap<>(env);
    merged.putAll(more);
    return new Command(argv, merged, workingDirectory);
  }
}
