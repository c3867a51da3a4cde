package dev.offload.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;
  private Path durations;

  @BeforeEach
  void write() throws IOException {
    durations = folder.resolve("durations.json");
    Files.writeString(durations, "{\"a\": 4, \"b\": 2, \"c\": 1.5, \"d\": 0.5}");
  }

  private int run(String... options) {
    List<String> arguments = new ArrayList<>(List.of("simulate"));
    arguments.addAll(List.of(options));
    Console console = new Console(out, err, StandardCharsets.UTF_8, StandardCharsets.UTF_8);
    return Main.run(console, arguments.toArray(String[]::new));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void writesATableForPeople() {
    int code = run("--durations", durations.toString(), "--sandboxes", "2", "--runs", "2");

    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(out())
        .isEqualTo(
            """
              seed  makespan     bound  ratio  losses  hedges  rerun    wasted  verdicts
                 1     4.00s     4.00s  1.000       0       0      0     0.00s  4 passed
                 2     4.00s     4.00s  1.000       0       0      0     0.00s  4 passed
            mean ratio 1.000, p99 1.000
            """);
  }

  @Test
  void writesOneObjectForPrograms() {
    int code =
        run(
            "--durations",
            durations.toString(),
            "--sandboxes",
            "2",
            "--startup-secs",
            "1",
            "--format",
            "json");

    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(out())
        .isEqualTo(
            """
            {"runs":[{"seed":1,"makespan_secs":5.000000,"lower_bound_secs":5.000000,"ratio":1.000000,"tests":4,\
            "verdicts":{"passed":4,"failed":0,"flaky":0,"skipped":0,"not_run":0},"sandbox_losses":0,"hedges":0,\
            "rerun_tests":0,"wasted_secs":0.000000}],"mean_ratio":1.000000,"p99_ratio":1.000000}
            """);
  }

  @Test
  void namesWhatIsWrongWithItsOptions() {
    assertThat(
            run("--durations", durations.toString(), "--sandboxes", "2", "--slow-sandboxes", "x"))
        .isEqualTo(64);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--slow-sandboxes must be P:FACTOR, for example 0.1:3, but is 'x'");
  }

  @Test
  void namesTheFileThatIsNoListOfDurations() throws IOException {
    Files.writeString(durations, "{\"a\": \"long\"}");

    assertThat(run("--durations", durations.toString(), "--sandboxes", "2")).isIn(64, 74, 78);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(durations.toString());
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSizeLessThan(4);
  }
}
