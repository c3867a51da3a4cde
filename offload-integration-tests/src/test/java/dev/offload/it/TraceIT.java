package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceIT {
  @TempDir Path folder;

  @Test
  void aTraceIsWrittenWhenAskedForAndATraceReaderReadsIt() throws Exception {
    Path project = Fixture.copy("small", folder);
    Path trace = project.resolve("test-results/trace.json");
    Fixture.withPytest(project).run("run");
    assertThat(trace).doesNotExist();
    OffloadCommand.Result run = Fixture.withPytest(project).run("run", "--trace");
    assertThat(trace).exists();
    assertThat(run.stderr()).doesNotContain("no effect");
    assertThat(Files.readString(trace)).startsWith("[").endsWith("]");
    Browser.check(
        folder,
        "check-trace.mjs",
        trace,
        Path.of("discovery"),
        Path.of("sb-1 .*batches"),
        Path.of("sb-1 .*tests"));
  }
}
