package dev.offload.provider.shell;

import dev.offload.api.command.Command;
import dev.offload.api.command.ShellWords;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.process.Stdin;

/// Hold what stands for `{command}` in the exec command: a line for the POSIX shell in the sandbox
/// that marks where the output of the actual command begins and ends, and with which exit code.
///
/// @param nonce the random text in the marks
/// @param line the line
/// @param stdin what the exec command gets on its standard input
public record Script(String nonce, String line, Stdin stdin) {
  /// The longest line that is surely accepted as one argument on Linux, with room for quoting.
  private static final int LONGEST_LINE = 60_000;

  /// Wrap a piece of shell.
  public static Script of(String shell, Stdin stdin) {
    String nonce = ProcessMark.fresh().token();
    return new Script(nonce, marked(shell, nonce), stdin);
  }

  /// Wrap a piece of shell that is handed over on standard input, so that nobody sees it.
  ///
  /// @param secrets shell text that exports variables, for `eval "$offload_env"` in `shell`
  public static Script throughStdin(String shell, String secrets) {
    String nonce = ProcessMark.fresh().token();
    String line =
        """
        offload_b=; while IFS= read -r offload_l; do [ "$offload_l" = NONCE ] && break; \
        offload_b="$offload_b$offload_l
        "; done; [ "$offload_l" = NONCE ] || { echo 'offload: standard input did not arrive in the \
        sandbox: set exec_stdin = false' >&2; exit 74; }; eval "$offload_b\"\
        """
            .replace("NONCE", nonce);
    String text = "offload_env=" + quote(secrets) + "\n" + marked(shell, nonce) + "\n";
    return new Script(nonce, line, new Stdin.Text(text + nonce + "\n"));
  }

  private static String marked(String shell, String nonce) {
    return """
    printf '[offload:%1$s:begin]\\n'; printf '[offload:%1$s:begin]\\n' >&2; ( %2$s ); \
    offload_c=$?; printf '[offload:%1$s:end:%%s]\\n' "$offload_c"; \
    printf '[offload:%1$s:end:%%s]\\n' "$offload_c" >&2; exit "$offload_c\"\
    """
        .formatted(nonce, shell);
  }

  /// Wrap a command whose variables, and whatever else it has, are handed over on standard input.
  public static Script secretly(Command command, String directory, Exports variables) {
    String before = "eval \"$offload_env\"; " + variables.open();
    return throughStdin(run(command, directory, before), variables.secret());
  }

  /// Return the shell text that runs a command in a directory.
  ///
  /// @param before shell text that sets variables, empty or ending with a separator
  public static String run(Command command, String directory, String before) {
    String enter =
        directory.isEmpty() ? "" : "cd -- " + quote(fromRoot(directory)) + " || exit 126; ";
    return before + enter + "exec " + ShellWords.join(command.argv()) + " </dev/null";
  }

  /// `cd` looks a relative name up in `CDPATH`, but not one that begins with a dot.
  private static String fromRoot(String directory) {
    return directory.startsWith("/") || directory.startsWith(".") ? directory : "./" + directory;
  }

  /// Return whether a piece of shell is too long for a command line.
  public static boolean isLong(String shell) {
    return shell.length() > LONGEST_LINE;
  }

  /// Quote a word for the shell.
  public static String quote(String word) {
    return ShellWords.quote(word);
  }
}
