package dev.offload.cli;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// Write the completion script for fish, which picocli cannot.
final class FishCompletion {
  private FishCompletion() {}

  /// Return the script for a command with subcommands.
  static String script(CommandLine command) {
    StringBuilder script = new StringBuilder();
    String program = command.getCommandName();
    for (Map.Entry<String, CommandLine> entry : command.getSubcommands().entrySet()) {
      CommandLine subcommand = entry.getValue();
      String[] description = subcommand.getCommandSpec().usageMessage().description();
      line(script, program, "__fish_use_subcommand", "-f -a " + entry.getKey(), description);
      for (OptionSpec option : subcommand.getCommandSpec().options()) {
        String condition = "__fish_seen_subcommand_from " + entry.getKey();
        line(script, program, condition, words(option), option.description());
      }
    }
    return script.toString();
  }

  private static void line(
      StringBuilder script, String program, String condition, String words, String[] description) {
    String text = description.length == 0 ? "" : description[0];
    script
        .append("complete -c ")
        .append(program)
        .append(" -n '")
        .append(condition)
        .append("' ")
        .append(words)
        .append(" -d '")
        .append(text.replaceAll("\\s*\\(default: .*?\\)|\\$\\{.*?}|%n", "").replace("'", ""))
        .append("'\n");
  }

  private static String words(OptionSpec option) {
    String names =
        Arrays.stream(option.names())
            .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.charAt(1))
            .collect(Collectors.joining(" "));
    return option.arity().max() == 0
        ? names
        : names + " -r" + candidates(option.completionCandidates());
  }

  private static String candidates(@Nullable Iterable<String> candidates) {
    return candidates == null
        ? ""
        : StreamSupport.stream(candidates.spliterator(), false)
            .collect(Collectors.joining(" ", " -f -a '", "'"));
  }
}
