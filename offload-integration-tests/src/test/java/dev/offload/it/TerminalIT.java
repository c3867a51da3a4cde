package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Look at a run in a real terminal. One test writes escape sequences, one waits for the file
/// `gate`.
class TerminalIT {
  private static final String LOG =
      """
      $ stty -g >before; offload run; stty -g >after
      Offload VERSION: default on local, up to 1 sandbox (offload.toml, run ID)
      3 tests in group all
      FAILED paints the screen (sb-1, TIME): \\x1b[2Jwiped
      """;

  private static final String RUNNING_NOW =
      """
      Running now, after TIME: 1 test in 1 sandbox; 1 of 3 tests have no verdict yet
        sb-1  waits for the gate, and has a name that is too long for a window of sixty columns (for\
       TIME, in BATCH)
      """;

  private static final String AREA =
      """
      ━━━━━━━━━━━━━━━━━━━━━━━━━━──────────────  2/3 (66 %) TIME
      1 passed, 1 failed, 0 flaky, 0 skipped, 0 not run
      sandboxes: 1 ready, 1 busy, 0 lost
       TIME            sb-1   …the gate, and has a name that is too long for a window of sixty columns
      """;

  private static final String NARROW_AREA =
      AREA.replace("…the gate, and has a name that is too long", "…g");

  @TempDir private Path folder;

  private Path project;
  private Tmux terminal;

  @BeforeEach
  void aRunInTheMiddle() throws Exception {
    project = Files.createDirectory(folder.resolve("project"));
    Files.writeString(
        project.resolve("offload.toml"),
        """
        [offload]
        max_parallel = 1
        sandbox_project_root = "."
        [provider]
        type = "local"
        [framework]
        type = "default"
        discover_command = "cat tests # {filters}"
        run_command = "sh run.sh {tests}"
        test_id_format = "{name}"
        [groups.all]
        """);
    Files.writeString(
        project.resolve("tests"),
        """
        passes
        paints the screen
        waits for the gate, and has a name that is too long for a window of sixty columns
        """);
    Files.writeString(
        project.resolve("run.sh"),
        """
        escape=$(printf '\\033')
        say() { printf '\\036%s %s\\n' "$OFFLOAD_SIGNAL_TOKEN" "$*"; }
        for test in "$@"; do
          say "start $test"
          case $test in
            paints*)
              echo "${escape}[2J${escape}]2;owned${escape}\\\\"
              say "message ${escape}[2Jwiped"
              say "fail $test"
              ;;
            waits*)
              cat gate >/dev/null
              say "pass $test"
              ;;
            *) say "pass $test" ;;
          esac
        done
        """);
    assertThat(new ProcessBuilder("mkfifo", project.resolve("gate").toString()).start().waitFor())
        .isZero();
    terminal = Tmux.open(project, folder.resolve("tmux"), 100);
    terminal.press("stty -g >before; offload run; stty -g >after", "Enter");
    shows(LOG, AREA);
  }

  @AfterEach
  void closeTheTerminal() {
    terminal.close();
  }

  private void shows(String log, String area) {
    terminal.await(log + area, text -> steady(text).equals(log + area));
  }

  /// Return the text without what is another one in each run.
  private static String steady(String text) {
    return text.replaceAll("Offload \\S+: ", "Offload VERSION: ")
        .replaceAll("run \\d{8}-\\d{6}-[0-9a-f]+", "run ID")
        .replaceAll("batch-\\d+ of \\d+ tests?", "BATCH")
        .replaceAll("  \\d[\\d.]* tests/s", "")
        .replaceAll(" +(\\d+m \\d\\ds|\\d+(\\.\\d+)? m?s)\\b", " TIME");
  }

  @Test
  void theAreaStaysBelowTheLinesWhateverTheWindowDoes() throws Exception {
    terminal.press("t");
    shows(LOG + RUNNING_NOW, AREA);
    terminal.resize(60);
    shows(LOG + RUNNING_NOW, NARROW_AREA);
    askBySignal();
    shows(LOG + RUNNING_NOW + RUNNING_NOW, NARROW_AREA);
    terminal.resize(100);
    shows(LOG + RUNNING_NOW + RUNNING_NOW, AREA);
    assertThat(terminal.tell("#{pane_title}")).isNotEqualTo("owned");

    Files.writeString(project.resolve("gate"), "open");
    terminal.await("the end", text -> text.contains("(exit 1)"));
    assertThat(steady(terminal.text()))
        .startsWith(LOG + RUNNING_NOW + RUNNING_NOW + "\nFailures (1)\n");
    theTerminalIsInOrder();
  }

  private void askBySignal() throws Exception {
    ProcessHandle shell =
        ProcessHandle.of(Long.parseLong(terminal.tell("#{pane_pid}"))).orElseThrow();
    long offload = shell.children().findFirst().orElseThrow().pid();
    assertThat(new ProcessBuilder("kill", "-USR1", "" + offload).start().waitFor()).isZero();
  }

  @Test
  void afterCtrlCTheTerminalIsAsItWas() throws IOException {
    terminal.press("C-c");
    terminal.await("the end", text -> text.contains("(exit 130)"));
    assertThat(steady(terminal.text()))
        .startsWith(LOG + "NOT RUN waits for the gate,")
        .doesNotContain("━", "sandboxes: ");
    theTerminalIsInOrder();
  }

  private void theTerminalIsInOrder() throws IOException {
    terminal.await("the prompt", text -> text.endsWith("\n$\n"));
    assertThat(terminal.tell("#{cursor_flag} #{wrap_flag}")).isEqualTo("1 1");
    assertThat(Files.readString(project.resolve("after")))
        .isEqualTo(Files.readString(project.resolve("before")));
  }
}
