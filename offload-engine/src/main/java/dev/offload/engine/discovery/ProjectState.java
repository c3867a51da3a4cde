package dev.offload.engine.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Sum up the files of a project that decide which tests there are.
///
/// @param sums of their contents, by their paths within the project
/// @param stamps their sizes and times
record ProjectState(SortedMap<String, String> sums, Map<Path, Stamp> stamps) {
  /// A project with more than this is not summed up: listing its tests is cheaper.
  private static final int MOST_FILES = 50_000;

  private static final long MOST_BYTES = 256L * 1024 * 1024;

  /// Folders of tools, which come and go.
  private static final Set<String> TOOLS = Set.of("node_modules", "__pycache__", "site-packages");

  record Stamp(long size, FileTime modified) {}

  /// Read the files whose names have one of these endings.
  ///
  /// @param leftOut an absolute folder that does not belong to the project: what runs leave
  /// @return empty when the project is too large, changes meanwhile or cannot be read whole
  static Optional<ProjectState> read(Path project, Path leftOut, List<String> endings) {
    Optional<NavigableMap<Path, Stamp>> files = files(project, leftOut, endings);
    if (files.isEmpty()) {
      return Optional.empty();
    }
    SortedMap<String, String> sums = new TreeMap<>();
    try {
      byte[] buffer = new byte[64 * 1024];
      for (Path file : files.get().keySet()) {
        Sum sum = new Sum();
        try (InputStream in = Files.newInputStream(file)) {
          for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            sum.add(buffer, read);
          }
        }
        sums.put(project.relativize(file).toString(), sum.text());
      }
    } catch (IOException _) {
      return Optional.empty();
    }
    return Optional.of(new ProjectState(sums, files.get()));
  }

  /// Return whether the files are as they were when they were read.
  boolean isStill(Path project, Path leftOut, List<String> endings) {
    return files(project, leftOut, endings).map(stamps::equals).orElse(false);
  }

  private static Optional<NavigableMap<Path, Stamp>> files(
      Path project, Path leftOut, List<String> endings) {
    Collector collector = new Collector(project, leftOut, endings);
    try {
      Files.walkFileTree(project, collector);
    } catch (IOException _) {
      return Optional.empty();
    }
    return collector.whole ? Optional.of(collector.files) : Optional.empty();
  }

  private static final class Collector extends SimpleFileVisitor<Path> {
    private final NavigableMap<Path, Stamp> files = new TreeMap<>();
    private final Path project;
    private final Path leftOut;
    private final List<String> endings;
    private long bytes;
    private boolean whole = true;

    Collector(Path project, Path leftOut, List<String> endings) {
      this.project = project;
      this.leftOut = leftOut;
      this.endings = endings;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return directory.equals(project) || !isForeign(directory)
          ? FileVisitResult.CONTINUE
          : FileVisitResult.SKIP_SUBTREE;
    }

    private boolean isForeign(Path directory) {
      String name = directory.getFileName().toString();
      return name.startsWith(".")
          || TOOLS.contains(name)
          || directory.equals(leftOut)
          || Files.exists(directory.resolve("pyvenv.cfg"));
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      BasicFileAttributes found = attributes;
      if (attributes.isSymbolicLink()) {
        if (!Files.exists(file) || isForeign(file)) {
          return FileVisitResult.CONTINUE;
        }
        found = Files.readAttributes(file, BasicFileAttributes.class);
        // What lies behind it is not looked through, so nothing can be said of the whole.
        whole &= !found.isDirectory();
      }
      String name = file.getFileName().toString();
      if (found.isRegularFile() && endings.stream().anyMatch(name::endsWith)) {
        files.put(file, new Stamp(found.size(), found.lastModifiedTime()));
        bytes += found.size();
        whole &= files.size() <= MOST_FILES && bytes <= MOST_BYTES;
      }
      return whole ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }
  }
}
