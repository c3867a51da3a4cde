package dev.offload.report;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The schemas refuse something; else that the reports are valid would say nothing.
final class SchemasTest {
  @TempDir Path folder;

  @Test
  void whatIsNotAReportIsRefused() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("junit.xml"),
            "<testsuites><testsuite name='a' tests='1' failures='0' errors='0' skipped='0'>"
                + "<testcase name='b' time='0'><surprise/></testcase></testsuite></testsuites>");
    assertThatThrownBy(() -> Schemas.checkSurefire(file)).hasMessageContaining("surprise");
    assertThatThrownBy(() -> Schemas.checkJenkins(file)).hasMessageContaining("surprise");
    assertThatThrownBy(() -> Schemas.checkCtrf("{\"reportFormat\":\"CTRF\"}"))
        .hasMessageContaining("results");
    assertThatThrownBy(() -> Schemas.checkSummary("{\"schema\":1}")).hasMessageContaining("run_id");
  }
}
