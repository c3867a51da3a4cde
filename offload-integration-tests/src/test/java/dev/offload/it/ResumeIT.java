package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.it.OffloadCommand.Result;
import dev.offload.it.OffloadCommand.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills Offload itself in the middle of a run.
class ResumeIT {
  @TempDir private Path place;
  private ShellProject project;
  private Path go = Path.of("");

  @BeforeEach
  void make() throws IOException {
    project = new ShellProject(place);
    // The last test keeps the run from ending before it is killed.
    go = place.resolve("go");
    project.sleeping(80).test("while not os.path.exists('" + go + "'): time.sleep(0.05)");
  }

  private void runAndKill() throws Exception {
    Running running = project.command(4).start("run");
    ShellProject.await(
        "tests are decided", () -> project.events(RunEvent.TestDecided.class).size() >= 10);
    running.process().destroyForcibly().waitFor();
    Files.createFile(go);
  }

  @Test
  void resumeRunsNoFinishedTestAgainAndMakesOneReport() throws Exception {
    runAndKill();
    Set<Integer> decided = new HashSet<>(project.verdicts().keySet());
    assertThat(project.boxes()).isNotEmpty();

    Result result = project.offload().run("run", "--resume");

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    project.everyVerdictIsTrue();
    Set<Integer> again =
        project.executions().entrySet().stream()
            .filter(entry -> entry.getKey() % 100 != 37 && entry.getKey() < 80)
            .filter(entry -> entry.getValue() > 1)
            .map(entry -> entry.getKey())
            .collect(Collectors.toSet());
    assertThat(again).doesNotContainAnyElementsOf(decided);
    // Only what was in flight, one test in each sandbox, or had ended in the last moment, which
    // is longer on a busy machine.
    assertThat(again.size()).isLessThanOrEqualTo(16);
    assertThat(Files.readString(project.folder.resolve("test-results/junit.xml")))
        .contains("tests=\"81\"", "failures=\"1\"");
    assertThat(project.events(RunEvent.RunStarted.class)).hasSize(1);
    project.nothingIsLeft();
  }

  @Test
  void reapClosesWhatWasLeft() throws Exception {
    runAndKill();
    assertThat(project.boxes()).isNotEmpty();

    Result result = project.offload().run("reap");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("closed sb-1");
    project.nothingIsLeft();
    Result again = project.offload().run("reap");
    assertThat(again.exitCode()).as(again.stderr()).isZero();
    assertThat(again.stderr()).contains("nothing is left of run").doesNotContain("closed");
  }

  @Test
  void aNewRunClosesWhatAKilledOneLeft() throws Exception {
    runAndKill();

    Result result = project.offload().run("run");

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
    project.everyVerdictIsTrue();
    project.nothingIsLeft();
  }
}
