package dev.offload.engine;

import dev.offload.engine.session.Artifacts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Own the output folder for the time of a run: one run at a time, and only what Offload itself
/// made is ever deleted.
///
/// What Offload made is known by the file [#LOCK], which only Offload writes: in a folder without
/// it nothing is deleted, whatever the names say.
public final class OutputFolder implements AutoCloseable {
  static final String LOCK = ".offload-run";

  /// The folder of the batches' output, inside the output folder.
  static final String LOGS = "logs";

  /// No folder: nothing can be written.
  static final OutputFolder NONE = new OutputFolder(Path.of(""), null);

  private static final Pattern BATCH_LOG =
      Pattern.compile("batch-\\d+\\.(stdout|stderr)(\\.(success|failure|cancelled|error))?");

  private final Path path;
  private final @Nullable FileChannel channel;

  private OutputFolder(Path path, @Nullable FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// Claim the folder, making it when it is missing.
  ///
  /// @param keep whether the logs of the run before stay, because this run goes on with it
  /// @throws InUse when another run has it
  public static OutputFolder claim(Path path, boolean keep) throws IOException, InUse {
    Files.createDirectories(path);
    Path lock = path.resolve(LOCK);
    boolean ours = Files.exists(lock);
    FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held == null) {
        channel.close();
        throw new InUse(path);
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new InUse(path, e);
    }
    OutputFolder folder = new OutputFolder(path, channel);
    if (ours && !keep) {
      folder.removeBatchLogs();
      Artifacts.discard(path);
    }
    return folder;
  }

  Path path() {
    return path;
  }

  private void removeBatchLogs() throws IOException {
    Path logs = path.resolve(LOGS);
    if (!Files.isDirectory(logs)) {
      return;
    }
    List<Path> old;
    try (Stream<Path> files = Files.list(logs)) {
      old =
          files
              .filter(file -> BATCH_LOG.matcher(file.getFileName().toString()).matches())
              .filter(Files::isRegularFile)
              .toList();
    }
    for (Path file : old) {
      Files.deleteIfExists(file);
    }
  }

  /// Let the next run have it.
  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  /// Another run uses the folder.
  public static final class InUse extends Exception {
    private static final long serialVersionUID = 1;

    InUse(Path path) {
      super(message(path));
    }

    InUse(Path path, Throwable cause) {
      super(message(path), cause);
    }

    private static String message(Path path) {
      return "another run writes to "
          + path
          + ": wait for it, or set another `output_dir` under `[report]`";
    }
  }
}
