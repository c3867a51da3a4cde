package dev.offload.report.file;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/// Write a text file beside its final place and move it there when it is whole, so that no reader
/// ever sees half of it and a failure leaves the older file as it was.
public final class ReplacedFile {
  private ReplacedFile() {}

  /// Write the content of a file.
  public interface Content {
    /// Write all of it as characters, which are stored as UTF-8.
    void write(Writer out) throws IOException;
  }

  /// Write a file, with its parent folders where they are missing.
  public static void write(Path file, Content content) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    Files.createDirectories(folder);
    Path part = folder.resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      // Unlike that of Files.newBufferedWriter, this encoder replaces half surrogate pairs.
      try (Writer out =
          new BufferedWriter(
              new OutputStreamWriter(Files.newOutputStream(part), StandardCharsets.UTF_8),
              1 << 16)) {
        content.write(out);
      }
      move(part, file);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void move(Path part, Path file) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException _) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
