package dev.offload.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.ShellWords;
import dev.offload.provider.process.ProcessMark;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What is handed to login shells of whatever kind.
class SshCommandTest {
  private static final String STRANGE =
      "it's \"q\" `b` $v \\\\ \\' \\n !x ! %s ünï -n [a] {b,c} *~#;&|<> end\n\tline\\";

  private static String printing() {
    return "printf '%s|' \"$1\" " + ShellWords.quote(STRANGE);
  }

  private static String run(String line) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void theTextArrivesAsItIs() throws Exception {
    assertThat(run(SshCommand.remote(printing(), "name", "argument")))
        .isEqualTo("argument|" + STRANGE + "|");
    assertThat(run("eval " + SshCommand.remoteWord(ProcessMark.fresh(), printing())))
        .isEqualTo("|" + STRANGE + "|");
  }

  /// In a word between single quotes, `csh` takes no line end and expands `!`, and `fish` reads a
  /// backslash before another one or a quote as an escape.
  @Test
  void theLineIsTheSameForEveryLoginShell() {
    assertThat(SshCommand.remote(printing(), "name", "argument"))
        .doesNotContain("\n", "!", "\\\\", "\\'")
        .matches("exec env SSH_ORIGINAL_COMMAND= sh -c '[^']*' name argument");
  }
}
