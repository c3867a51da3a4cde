package dev.offload.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  @TempDir private Path folder;

  private Path log(String name) throws Exception {
    Path logs = Files.createDirectories(folder.resolve(OutputFolder.LOGS));
    return Files.writeString(logs.resolve(name), "text");
  }

  @Test
  void isUsedByOneRunAtATime() throws Exception {
    try (OutputFolder _ = OutputFolder.claim(folder, false)) {
      assertThatThrownBy(() -> OutputFolder.claim(folder, false))
          .isInstanceOf(OutputFolder.InUse.class)
          .hasMessageContaining("another run writes to " + folder);
    }
    OutputFolder.claim(folder, false).close();
  }

  @Test
  void losesTheLogsOfTheRunBeforeAndNothingElse() throws Exception {
    OutputFolder.claim(folder, false).close();
    Path ours = log("batch-1.stdout.success");
    Path foreign = log("batch-1.txt");

    OutputFolder.claim(folder, false).close();

    assertThat(ours).doesNotExist();
    assertThat(foreign).exists();
  }

  @Test
  void keepsTheLogsOfARunThatGoesOn() throws Exception {
    OutputFolder.claim(folder, false).close();
    Path ours = log("batch-1.stdout.success");

    OutputFolder.claim(folder, true).close();

    assertThat(ours).exists();
  }

  @Test
  void losesNothingWhereOffloadNeverWrote() throws Exception {
    Path likeOurs = log("batch-1.stdout.success");

    OutputFolder.claim(folder, false).close();

    assertThat(likeOurs).exists();
  }

  @Test
  void losesTheFilesOfBatchesAndNothingElse() throws Exception {
    OutputFolder.claim(folder, false).close();
    Path artifacts = folder.resolve("artifacts");
    Path ours = artifact("sb-1/batch-12/deep/made.txt");
    Path beside = artifact("sb-1/notes.txt");
    Path foreign = artifact("mine/batch-1/kept.txt");
    Path elsewhere = Files.writeString(folder.resolve("elsewhere.txt"), "kept");
    Files.createSymbolicLink(ours.resolveSibling("link"), elsewhere);

    OutputFolder.claim(folder, false).close();

    assertThat(artifacts.resolve("sb-1/batch-12")).doesNotExist();
    assertThat(beside).exists();
    assertThat(foreign).exists();
    assertThat(elsewhere).exists();
  }

  private Path artifact(String name) throws IOException {
    Path file = folder.resolve("artifacts").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "text");
  }
}
