package dev.offload.provider.ssh;

import dev.offload.api.command.ShellWords;
import dev.offload.provider.process.ProcessMark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Build the calls of the system's `ssh`, so that the user's own configuration, agent, jump hosts
/// and known hosts work as they do by hand.
///
/// The user's options come first: `ssh` takes the first word it gets on each setting. None of the
/// calls ever asks a question.
///
/// @param host where to
/// @param options the user's options
/// @param control the socket of the shared connection
record SshCommand(HostAddress host, List<String> options, Path control) {
  /// Where a host runs a command of its own for each call, this variable holds ours, with the marks
  /// by which the keeper would find itself.
  private static final String OWN = "SSH_ORIGINAL_COMMAND=";

  /// What [#word] writes as numbers.
  private static final String NUMBERED = "'\"\\$`!\n";

  /// Return the call that opens the shared connection and runs a line in it, for which see
  /// [#remote]. A connection over which nothing comes for six seconds is given up.
  List<String> open(String line) {
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of("-o", "ControlMaster=yes", "-o", "ControlPersist=no", "-o", "ConnectTimeout=10"));
    words.addAll(List.of("-o", "ServerAliveInterval=2", "-o", "ServerAliveCountMax=3"));
    List<String> call = call(words);
    call.add(line);
    return call;
  }

  /// Return the call, as a line for the local shell, that runs what `{command}` stands for over the
  /// shared connection.
  String exec() {
    return "exec " + ShellWords.join(call(List.of("-o", "ControlMaster=no"))) + " {command}";
  }

  private List<String> call(List<String> more) {
    List<String> words = new ArrayList<>(List.of("ssh", "-T"));
    words.addAll(options);
    words.addAll(List.of("-o", "BatchMode=yes", "-o", "ControlPath=" + control));
    words.addAll(List.of("-o", "ForwardX11=no", "-o", "LogLevel=ERROR"));
    words.addAll(more);
    if (host.port() != 0) {
      words.addAll(List.of("-p", Integer.toString(host.port())));
    }
    words.add(host.destination());
    return words;
  }

  /// Return the line, for whatever login shell there is, that runs POSIX shell text.
  ///
  /// @param arguments what `$0`, `$1` and so on are in it; plain words
  static String remote(String text, String... arguments) {
    return "exec env %s sh -c %s %s"
        .formatted(OWN, word(text), String.join(" ", arguments))
        .strip();
  }

  /// Return, as a word of a local line, the same with a mark by which the keeper finds the
  /// processes.
  static String remoteWord(ProcessMark mark, String text) {
    String variable = ProcessMark.VARIABLE + "=" + mark.token();
    return ShellWords.quote("exec env %s %s sh -c %s".formatted(OWN, variable, word(text)));
  }

  /// Return a word that makes `sh -c` run a text. Between single quotes most shells leave most
  /// characters alone: but `csh` takes no line end and no `!` there, and `fish` makes one of two
  /// backslashes. So these, and what a shell knows otherwise, are written as numbers.
  private static String word(String text) {
    StringBuilder numbers = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (NUMBERED.indexOf(c) < 0) {
        numbers.append(c);
      } else {
        numbers.append("\\0").append(String.format("%03o", (int) c));
      }
    }
    return "'eval \"$(printf %%b \"%s\")\"'".formatted(numbers);
  }
}
