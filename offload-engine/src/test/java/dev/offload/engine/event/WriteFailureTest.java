package dev.offload.engine.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

final class WriteFailureTest {
  @TempDir private Path folder;

  private String of(Executable writing) {
    try {
      writing.execute();
    } catch (Throwable failure) {
      return WriteFailure.inWords(failure).replace(folder.toString(), "FOLDER");
    }
    throw new AssertionError("it was written");
  }

  @Test
  void theReasonIsSaidAndNotTheClass() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThat(of(() -> Files.createDirectories(file)))
        .isEqualTo("FOLDER/file: something else is in its place");
    assertThat(of(() -> Files.createFile(folder.resolve("none/a"))))
        .isEqualTo("FOLDER/none/a: there is no such folder");
    assertThat(of(() -> Files.createFile(file.resolve("a"))))
        .isEqualTo("FOLDER/file/a: Not a directory");
    assertThat(
            of(() -> {
              throw new UncheckedIOException(new IOException("No space left on device"));
            }))
        .isEqualTo("No space left on device");
    assertThat(
            of(() -> {
              throw new IllegalStateException("a bug");
            }))
        .isEqualTo("java.lang.IllegalStateException: a bug");
  }
}
