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
  /// Return the call that opens the shared connection and runs a line of shell in it. A connection
  /// over which nothing comes for six seconds is given up.
  List<String> open(String line) {
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of("-o", "ControlMaster=yes", "-o", "ControlPersist=no", "-o", "ConnectTimeout=10"));
    words.addAll(List.of("-o", "ServerAliveInterval=2", "-o", "ServerAliveCountMax=3"));
    List<String> call = call(words);
    call.add(remote(line));
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

  /// Return the word that hands a line of POSIX shell to whatever the login shell there is.
  static String remote(String line) {
    return "exec sh -c " + quoted(line);
  }

  /// Return, as a word of a local line, the same with a mark by which the keeper finds the
  /// processes.
  static String remoteWord(ProcessMark mark, String line) {
    String variable = ProcessMark.VARIABLE + "=" + mark.token();
    return quoted("exec env " + variable + " sh -c " + quoted(line));
  }

  /// Quote a word so that whatever login shell there is leaves it alone.
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
