package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionIT {
  @TempDir private Path project;

  @Test
  void bashLoadsItAndCompletesCommands() {
    Result result =
        OffloadCommand.in(project)
            .runProgram(
                "bash",
                "-c",
                """
                set -u
                eval "$(offload completion bash)"
                COMP_WORDS=(offload va) COMP_CWORD=1 COMP_LINE='offload va' COMP_POINT=10
                _complete_offload 2>/dev/null # it also asks readline, which is not there
                echo "${COMPREPLY[@]}"
                """);

    assertThat(result.outLines()).as(result.stderr()).containsExactly("validate");
  }

  @Test
  void fishGetsALineForEveryOptionOfEveryCommand() {
    Result result = OffloadCommand.in(project).run("completion", "fish");

    assertThat(result.outLines())
        .contains(
            "complete -c offload -n '__fish_use_subcommand' -f -a logs -d 'Shows the tests of the last run and what they had to say, from its JUnit report.'")
        .anyMatch(line ->
            line.contains("__fish_seen_subcommand_from init") && line.contains("-l provider"))
        .allMatch(line -> line.startsWith("complete -c offload -n '"));
  }
}
