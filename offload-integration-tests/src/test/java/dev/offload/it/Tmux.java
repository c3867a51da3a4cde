package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.testkit.TestTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A terminal with a shell in it, in the folder of a project.
final class Tmux implements AutoCloseable {
  private static final int ROWS = 30;

  private final Path project;
  private final Path socket;

  private Tmux(Path project, Path socket) {
    this.project = project;
    this.socket = socket;
  }

  static Tmux open(Path project, Path socket, int columns) {
    Tmux tmux = new Tmux(project, socket);
    tmux.run("new-session", "-d", "-x", "" + columns, "-y", "" + ROWS, "PS1='$ ' exec sh");
    tmux.await("the prompt", text -> text.equals("$\n"));
    return tmux;
  }

  private String run(String... words) {
    List<String> arguments =
        new ArrayList<>(List.of("-S", socket.toString(), "-f", "/dev/null", "-u"));
    arguments.addAll(List.of(words));
    OffloadCommand.Result result =
        OffloadCommand.in(project)
            .runProgram(
                TestTools.require("tmux/tmux").toString(), arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result.stdout();
  }

  /// Press keys, by their names or as text.
  void press(String... keys) {
    List<String> words = new ArrayList<>(List.of("send-keys"));
    words.addAll(List.of(keys));
    run(words.toArray(String[]::new));
  }

  void resize(int columns) {
    run("resize-window", "-x", "" + columns, "-y", "" + ROWS);
  }

  /// Return all lines, also those that have left the window at its top; a line that the terminal
  /// has wrapped is one.
  String text() {
    return run("capture-pane", "-p", "-J", "-S", "-")
            .lines()
            .map(String::stripTrailing)
            .collect(Collectors.joining("\n"))
            .stripTrailing()
        + "\n";
  }

  /// Return what tmux says for a format such as `#{cursor_flag}`.
  String tell(String format) {
    return run("display-message", "-p", format).strip();
  }

  /// Wait until what the terminal shows is right.
  void await(String what, Predicate<String> right) {
    try {
      ShellProject.await(what, () -> right.test(text()));
    } catch (AssertionError e) {
      throw new AssertionError(what + " did not come; there is:\n" + text(), e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    run("kill-server");
  }
}
