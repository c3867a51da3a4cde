package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.report.summary.SummaryReporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SummaryReporterTest {
  @TempDir Path folder;

  private String summary(ScriptedRun run) throws IOException {
    Path file = folder.resolve("summary.json");
    run.play(new SummaryReporter(file));
    String json = Files.readString(file);
    Schemas.checkSummary(json);
    return json;
  }

  @Test
  void itHoldsTheWholeRun() throws IOException {
    Golden.check("summary.json", summary(ScriptedRun.everything()));
  }

  @Test
  void aRunThatWasCutOffHasNoExitCodeAndIsNotGreen() throws IOException {
    ScriptedRun run =
        new ScriptedRun().begin().group("unit", "a", "b").ready(1).passed("a", 1, 500);
    assertThat(summary(run))
        .contains("\"exit_code\":null", "\"passed\":1", "\"not_run\":1", "\"duration_secs\":4,")
        .contains(
            "{\"id\":\"b\",\"group\":\"unit\",\"verdict\":\"not_run\",\"reason\":\"the run was cut off\"");
  }

  @Test
  void theLowerBoundIsTheLongestTestOrTheSharePerSandbox() throws IOException {
    ScriptedRun run =
        new ScriptedRun()
            .begin()
            .group("unit", "a", "b", "c")
            .ready(1)
            .ready(2)
            .passed("a", 1, 1000)
            .passed("b", 1, 1000);
    assertThat(summary(run)).contains("\"lower_bound_secs\":1,");
    run.passed("c", 2, 2000).finish(0, "");
    assertThat(summary(run))
        .contains("\"efficiency\":{\"lower_bound_secs\":2,\"ratio\":5.125,")
        .contains("\"duration_secs\":10.25,");
  }

  @Test
  void sandboxesThatReplaceOthersDoNotLowerTheBound() throws IOException {
    ScriptedRun run =
        new ScriptedRun()
            .begin()
            .group("unit", "a", "b", "c")
            .ready(1)
            .lost(1)
            .ready(2)
            .passed("a", 2, 1000)
            .passed("b", 2, 1000)
            .passed("c", 2, 1000)
            .finish(0, "");
    assertThat(summary(run))
        .contains("\"sandboxes\":{\"started\":2,\"lost\":1}", "\"lower_bound_secs\":3,");
  }

  @Test
  void aRunWithoutTestsIsRendered() throws IOException {
    assertThat(summary(new ScriptedRun().begin().finish(4, "no test found")))
        .contains("\"exit_code\":4", "\"total\":0", "\"ratio\":null", "\"tests\":[\n]}");
  }

  @Test
  void aFailureToWriteLeavesTheOlderFileAndNoRest() throws IOException {
    Path file = folder.resolve("summary.json");
    Files.createDirectories(file.resolve("in the way"));
    assertThatThrownBy(() -> new ScriptedRun().begin().play(new SummaryReporter(file)))
        .isInstanceOf(IOException.class);
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }
}
