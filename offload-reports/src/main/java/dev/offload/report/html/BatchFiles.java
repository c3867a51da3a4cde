package dev.offload.report.html;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Find the files of batches that lie beside the page: logs, and artifacts.
final class BatchFiles {
  /// How many artifacts of one batch are named each; of more, only their folder is.
  private static final int MANY = 20;

  private static final Pattern LOG = Pattern.compile("batch-(\\d{1,9})\\.(stdout|stderr)\\..+");
  private static final Pattern BATCH = Pattern.compile("batch-(\\d{1,9})");

  private final Path folder;
  private final SortedMap<Integer, List<String>> found = new TreeMap<>();

  private BatchFiles(Path folder) {
    this.folder = folder;
  }

  /// Return the files by the number of their batch, named as seen from the folder, with `/`. What
  /// cannot be looked at is not there.
  static SortedMap<Integer, List<String>> in(Path folder) {
    BatchFiles files = new BatchFiles(folder);
    for (Path log : children(folder.resolve("logs"))) {
      files.add(LOG, log, List.of(log));
    }
    for (Path sandbox : children(folder.resolve("artifacts"))) {
      for (Path batch : children(sandbox)) {
        files.add(BATCH, batch, artifacts(batch));
      }
    }
    return files.found;
  }

  private void add(Pattern pattern, Path named, List<Path> files) {
    Matcher matcher = pattern.matcher(named.getFileName().toString());
    if (matcher.matches()) {
      List<String> names =
          found.computeIfAbsent(Integer.parseInt(matcher.group(1)), _ -> new ArrayList<>());
      for (Path file : files) {
        names.add(
            folder.relativize(file).toString().replace('\\', '/')
                + (Files.isDirectory(file) ? "/" : ""));
      }
    }
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private static List<Path> artifacts(Path batch) {
    try (Stream<Path> all = Files.walk(batch)) {
      List<Path> files = all.filter(Files::isRegularFile).limit(MANY + 1L).sorted().toList();
      return files.size() > MANY ? List.of(batch) : files;
    } catch (IOException | UncheckedIOException _) {
      return List.of();
    }
  }
}
