package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.report.ctrf.CtrfReporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CtrfReporterTest {
  @TempDir Path folder;

  private String report(ScriptedRun run) throws IOException {
    Path file = folder.resolve("ctrf-report.json");
    run.play(new CtrfReporter(file));
    String json = Files.readString(file);
    Schemas.checkCtrf(json);
    return json;
  }

  @Test
  void itHoldsTheWholeRunAndIsValid() throws IOException {
    Golden.check("ctrf-report.json", report(ScriptedRun.everything()));
  }

  @Test
  void aTestThatWasNotRunIsNoPass() throws IOException {
    assertThat(report(new ScriptedRun().begin().group("unit", "a", "b").passed("a", 1, 5)))
        .contains("\"passed\":1,\"failed\":0,\"skipped\":0,\"other\":1")
        .contains("\"rawStatus\":\"not_run\"", "\"message\":\"the run was cut off\"");
  }

  @Test
  void aRunWithoutTestsIsValid() throws IOException {
    assertThat(report(new ScriptedRun().begin().finish(4, "no test found")))
        .contains("\"tests\":0");
  }
}
