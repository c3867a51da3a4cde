package dev.offload.engine.session;

import dev.offload.api.event.BatchId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Write what batches print to `logs/batch-<n>.stdout` and `.stderr`; when a batch is over its
/// outcome is added to the names.
///
/// A file appears with its first byte, so a silent stream leaves none. A log that cannot be written
/// is given up, with one message; the batch goes on.
public final class BatchLogs {
  private final Path folder;
  private final Consumer<String> degraded;
  private volatile boolean broken;

  /// Make it for a folder, which is made when it is first needed.
  ///
  /// @param degraded takes the message about a log that cannot be written
  public BatchLogs(Path folder, Consumer<String> degraded) {
    this.folder = folder;
    this.degraded = degraded;
  }

  /// Open the log of one stream of a batch.
  ///
  /// @param stream `stdout` or `stderr`
  Log open(BatchId batch, String stream) {
    return new Log(folder.resolve("batch-" + batch.number() + "." + stream));
  }

  private synchronized void fail(IOException e) {
    if (!broken) {
      broken = true;
      String words = e.getMessage() == null ? e.toString() : e.getMessage();
      degraded.accept("the logs of batches are not written any more: " + words);
    }
  }

  /// One stream of one batch. Thread-safe: a process that goes on to the next batch may still write
  /// while the log of the last one is closed; what comes later is dropped.
  final class Log {
    private final Path file;
    private @Nullable OutputStream out;
    private boolean closed;

    private Log(Path file) {
      this.file = file;
    }

    synchronized void write(byte[] buffer, int offset, int length) {
      if (broken || closed || length == 0) {
        return;
      }
      try {
        if (out == null) {
          Files.createDirectories(folder);
          out = Files.newOutputStream(file);
        }
        out.write(buffer, offset, length);
      } catch (IOException e) {
        fail(e);
      }
    }

    /// Close the file and add the outcome to its name.
    ///
    /// @param outcome `success`, `failure`, `cancelled` or `error`
    synchronized void close(String outcome) {
      closed = true;
      if (out == null) {
        return;
      }
      try {
        out.close();
        Files.move(
            file,
            file.resolveSibling(file.getFileName() + "." + outcome),
            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        fail(e);
      }
    }
  }
}
