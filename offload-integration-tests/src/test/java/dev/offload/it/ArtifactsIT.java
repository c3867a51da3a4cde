package dev.offload.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.it.OffloadCommand.Result;
import dev.offload.testkit.TestTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs `examples/coverage` as its reader does.
class ArtifactsIT {
  @TempDir private Path folder;

  private Path copyOfTheExample() throws IOException {
    Path example = OffloadCommand.sourceRoot().resolve("examples/coverage");
    for (String name :
        new String[] {"offload.toml", ".coveragerc", "pytest.ini", "python", "setup", "run.sh"}) {
      Files.copy(example.resolve(name), folder.resolve(name));
    }
    for (String part : new String[] {"shop", "tests"}) {
      Files.createDirectories(folder.resolve(part));
      try (Stream<Path> files = Files.list(example.resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, folder.resolve(part).resolve(file.getFileName().toString()));
        }
      }
    }
    return folder;
  }

  @Test
  void theCoverageOfAllBatchesIsOneReport() throws Exception {
    Result result =
        OffloadCommand.in(copyOfTheExample())
            .with("OFFLOAD", OffloadCommand.home().resolve("bin/offload").toString())
            .with("EXAMPLE_PYTHON", TestTools.require("pytest-9-plugins/bin/python").toString())
            .runProgram("sh", "run.sh");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("5 passed");
    assertThat(result.stdout()).containsPattern("TOTAL +17 +0 +6 +0 +100%");
  }
}
