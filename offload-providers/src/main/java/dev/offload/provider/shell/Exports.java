package dev.offload.provider.shell;

import static dev.offload.provider.shell.Script.quote;

import dev.offload.api.command.Command;
import dev.offload.api.sandbox.SandboxException;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Hold the shell text that sets the variables of a command.
///
/// @param open sets those that may be seen, which are Offload's own: on a command line they let a
///   user tell what belongs to which run
/// @param secret sets the others
public record Exports(String open, String secret) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /// Return the text for a command.
  ///
  /// @throws SandboxException.Fatal when a shell cannot set one of its variables
  public static Exports of(Command command) throws SandboxException.Fatal {
    for (String name : command.env().keySet()) {
      if (!NAME.matcher(name).matches()) {
        throw new SandboxException.Fatal(
            "the variable '"
                + name
                + "' cannot be set by a shell: rename it in [provider] env (letters, digits and _)",
            null);
      }
    }
    return new Exports(text(command.env(), false), text(command.env(), true));
  }

  private static String text(Map<String, String> variables, boolean secret) {
    return variables.entrySet().stream()
        .filter(variable -> variable.getKey().startsWith("OFFLOAD_") != secret)
        .sorted(Map.Entry.comparingByKey())
        .map(variable -> "export " + variable.getKey() + "=" + quote(variable.getValue()) + "; ")
        .collect(Collectors.joining());
  }
}
