package dev.offload.engine.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A history in a file: one test a line, sorted, so that two histories merge well in version
/// control.
public final class HistoryFile {
  private static final long LOCK_PAUSE_MILLIS = 20;

  private final Path path;
  private final Path locks;

  /// Name the file; nothing is read yet.
  ///
  /// @param locks a folder for the file that keeps two runs from writing at the same time. It is
  ///   elsewhere, because what lies beside a history in a repository would be in the user's way
  public HistoryFile(Path path, Path locks) {
    this.path = path.toAbsolutePath().normalize();
    this.locks = locks;
  }

  /// Hold what was read.
  ///
  /// @param problems one for each line that was skipped, with the file's name and the line's number
  public record Loaded(History history, List<String> problems) {
    /// Copy.
    public Loaded {
      problems = List.copyOf(problems);
    }
  }

  /// Return where it is.
  public Path path() {
    return path;
  }

  /// Read the file; one that is not there is an empty history.
  public Loaded read() throws IOException {
    return read(_ -> true);
  }

  /// Read what the file says, not how: it takes half the memory, and what is written from it may
  /// look otherwise.
  public History records() throws IOException {
    return read(_ -> false).history();
  }

  private Loaded read(Predicate<HistoryKey> verbatim) throws IOException {
    History history = new History();
    List<String> problems =
        forEach((line, text) -> history.take(line, verbatim.test(line.key()) ? text : null));
    return new Loaded(history, problems);
  }

  /// Hand over every record of the file in its order, keeping none; a test may have several.
  ///
  /// @return the problems, one for each line that was skipped
  public List<String> forEachRecord(BiConsumer<HistoryKey, TestRecord> action) throws IOException {
    return forEach((line, _) -> action.accept(line.key(), line.value()));
  }

  private List<String> forEach(BiConsumer<HistoryLine, String> action) throws IOException {
    List<String> problems = new ArrayList<>();
    Map<String, String> runs = new HashMap<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(path),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)))) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        try {
          HistoryLine parsed = HistoryLine.parse(line, run -> runs.computeIfAbsent(run, it -> it));
          action.accept(parsed, line);
        } catch (IllegalArgumentException e) {
          problems.add("%s:%d: the line is skipped: %s".formatted(path, number, e.getMessage()));
        }
      }
    } catch (NoSuchFileException _) {
      return List.of();
    }
    return problems;
  }

  /// Read the file, change what it says and write it, while nobody else does.
  ///
  /// @param changing records that will change, whose lines need not be kept in memory
  public void update(Set<HistoryKey> changing, Consumer<History> change)
      throws IOException, InterruptedException {
    Files.createDirectories(locks);
    String name = HexFormat.of().toHexDigits(path.toString().hashCode()) + ".lock";
    try (FileChannel channel =
            FileChannel.open(
                locks.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = lock(channel)) {
      History history = read(key -> !changing.contains(key)).history();
      change.accept(history);
      write(history);
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException, InterruptedException {
    while (true) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException _) {
        // Held by another thread of this process.
        Thread.sleep(LOCK_PAUSE_MILLIS);
      }
    }
  }

  /// Replace the file by this history, in one step.
  public void write(History history) throws IOException {
    Path target = Files.isSymbolicLink(path) ? path.toRealPath() : path;
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(path + " is no file");
    }
    createDirectories(folder);
    Path part =
        target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.write(part, history.lines(), StandardCharsets.UTF_8);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void createDirectories(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }
}
