package dev.offload.engine.shard;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Copy the logs and artifacts of a shard's batches into the folder of the whole, under the numbers
/// that its sandboxes and batches have there: so no two shards' files have the same name.
///
/// Only what is named as a run names it is copied, links are not followed, no file is replaced, and
/// nothing is written outside of the folder.
///
/// @param run the shard's run, whose folder holds the files
/// @param sandboxes what is added to the numbers of sandboxes
/// @param batches what is added to the numbers of batches
/// @param target the folder of the whole
record ShardFiles(ShardRun run, int sandboxes, int batches, Path target) {
  private static final Pattern LOG =
      Pattern.compile("batch-(\\d{1,9})(\\.(?:stdout|stderr)(?:\\.[a-z]+)?)");
  private static final Pattern SANDBOX = Pattern.compile("sb-(\\d{1,9})");
  private static final Pattern BATCH = Pattern.compile("batch-(\\d{1,9})");

  void copy() throws IOException {
    Path source = run.journal().toAbsolutePath().resolveSibling("");
    copyLogs(source.resolve("logs"), target.resolve("logs"));
    Path artifacts = source.resolve("artifacts");
    for (Path sandbox : children(artifacts)) {
      Matcher numbered = SANDBOX.matcher(sandbox.getFileName().toString());
      if (isKnown(numbered, run.sandboxes())) {
        String name = "sb-" + (number(numbered) + sandboxes);
        copyBatches(sandbox, target.resolve("artifacts").resolve(name));
      }
    }
  }

  private void copyLogs(Path from, Path to) throws IOException {
    for (Path log : children(from)) {
      Matcher numbered = LOG.matcher(log.getFileName().toString());
      if (isKnown(numbered, run.batches()) && Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS)) {
        copy(log, to.resolve("batch-" + (number(numbered) + batches) + numbered.group(2)));
      }
    }
  }

  private void copyBatches(Path from, Path to) throws IOException {
    for (Path batch : children(from)) {
      Matcher numbered = BATCH.matcher(batch.getFileName().toString());
      if (isKnown(numbered, run.batches())) {
        copyTree(batch, to.resolve("batch-" + (number(numbered) + batches)));
      }
    }
  }

  /// What the journal does not know of has no number in the whole.
  private static boolean isKnown(Matcher numbered, int most) {
    return numbered.matches() && number(numbered) >= 1 && number(numbered) <= most;
  }

  private static int number(Matcher numbered) {
    return Integer.parseInt(numbered.group(1));
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  private void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() && !file.equals(from)) {
              copy(file, to.resolve(from.relativize(file).toString()));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void copy(Path from, Path to) throws IOException {
    Path folder = to.resolveSibling("");
    Files.createDirectories(folder);
    if (!folder.toRealPath().startsWith(target.toRealPath())) {
      throw new IOException(folder + " leads out of " + target);
    }
    Files.copy(from, to, LinkOption.NOFOLLOW_LINKS);
  }
}
