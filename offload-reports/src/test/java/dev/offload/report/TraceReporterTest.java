package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.report.trace.TraceReporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceReporterTest {
  @TempDir Path folder;

  private String trace(ScriptedRun run) throws IOException {
    Path file = folder.resolve("new/trace.json");
    run.play(new TraceReporter(file));
    return Files.readString(file);
  }

  @Test
  void itHoldsTheWholeRun() throws IOException {
    Golden.check("trace.json", trace(ScriptedRun.everything()));
  }

  @Test
  void testsOfOneSandboxThatRunAtTheSameTimeHaveRowsOfTheirOwn() throws IOException {
    AttemptReport passed = AttemptReport.of(Outcome.PASSED, Duration.ofMillis(1500));
    String trace =
        trace(
            new ScriptedRun()
                .begin()
                .group("unit", "a", "b", "c")
                .started("a", 1, 1)
                .started("b", 1, 1)
                .attempt("a", 1, 1, passed)
                .started("c", 1, 1)
                .attempt("b", 1, 1, passed)
                .attempt("c", 1, 1, passed));
    assertThat(trace.lines().filter(line -> line.contains("\"X\"")))
        .extracting(line -> line.replaceAll(".*(\"tid\":\\d+,\"name\":\"\\w\").*", "$1"))
        .containsExactly(
            "\"tid\":2,\"name\":\"a\"", "\"tid\":3,\"name\":\"b\"", "\"tid\":2,\"name\":\"c\"");
  }

  @Test
  void whatGoesOnWhenTheRunIsCutOffIsShownAsUnfinished() throws IOException {
    ScriptedRun run =
        new ScriptedRun()
            .begin()
            .add(new RunEvent.PhaseStarted("image"))
            .group("unit", "a")
            .add(new RunEvent.SandboxStarting(new SandboxId(4)))
            .started("a", 1, 1);
    assertThat(trace(run).lines().filter(line -> line.contains("unfinished")))
        .extracting(line -> line.replaceAll(".*\"name\":\"([\\w-]+)\".*", "$1"))
        .containsExactly("image", "start-up", "a");
  }

  @Test
  void nothingIsWrittenBeforeThereIsAnEvent() throws IOException {
    new TraceReporter(folder.resolve("trace.json")).close();
    assertThat(folder).isEmptyDirectory();
  }
}
