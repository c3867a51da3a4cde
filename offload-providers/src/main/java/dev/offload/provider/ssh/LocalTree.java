package dev.offload.provider.ssh;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.image.Leftovers;
import dev.offload.provider.process.CannotStart;
import dev.offload.provider.process.ChildProcess;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.process.ProcessSpec;
import dev.offload.provider.process.Stdin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// List the files of a folder that are to be copied.
///
/// @param root the absolute folder
/// @param files what there is under each name relative to the folder, `/` between folders
record LocalTree(Path root, SortedMap<String, Entry> files) {
  /// Describe one file.
  sealed interface Entry {
    /// An ordinary file.
    record Plain(Checksum checksum, boolean executable) implements Entry {}

    /// A symbolic link, copied as such.
    record Link() implements Entry {}
  }

  /// Read a folder. What runs leave behind ([Leftovers]) and git's own folder are left out always.
  ///
  /// @param onlyOwn leave out what git ignores, where the folder is in a git work tree
  static LocalTree read(Path root, boolean onlyOwn) throws SandboxException, InterruptedException {
    Optional<List<String>> own = onlyOwn ? knownToGit(root) : Optional.empty();
    try {
      SortedMap<String, Entry> files = new TreeMap<>();
      Map<String, Boolean> left = new HashMap<>();
      for (String name : own.isPresent() ? own.get() : walk(root)) {
        if (own.isEmpty() || !isInLeftovers(root, name, left)) {
          entry(root.resolve(name)).ifPresent(entry -> files.put(name, entry));
        }
      }
      return new LocalTree(root, files);
    } catch (IOException e) {
      throw new SandboxException.Fatal("'" + root + "' cannot be read: " + e, e);
    }
  }

  /// Return whether a file is in a folder that a run left behind, or below one.
  private static boolean isInLeftovers(Path root, String name, Map<String, Boolean> known) {
    int end = name.lastIndexOf('/');
    if (end < 0) {
      return false;
    }
    String folder = name.substring(0, end);
    @Nullable Boolean before = known.get(folder);
    if (before != null) {
      return before;
    }
    boolean left = Leftovers.isOne(root.resolve(folder)) || isInLeftovers(root, folder, known);
    known.put(folder, left);
    return left;
  }

  private static Optional<Entry> entry(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return Optional.of(new Entry.Link());
    }
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(new Entry.Plain(Checksum.of(file), Files.isExecutable(file)))
        : Optional.empty(); // deleted but still in git's index, a socket, a submodule
  }

  private static List<String> walk(Path root) throws IOException {
    List<String> names = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return folder.endsWith(".git") || (!folder.equals(root) && Leftovers.isOne(folder))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            names.add(root.relativize(file).toString());
            return FileVisitResult.CONTINUE;
          }
        });
    return names;
  }

  /// Return the names that git knows or would add; empty where there is no git work tree.
  private static Optional<List<String>> knownToGit(Path root)
      throws SandboxException.Transient, InterruptedException {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    try {
      ChildProcess git =
          ChildProcess.start(
              new ProcessSpec(
                  List.of("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
                  Map.of(),
                  root,
                  Stdin.empty(),
                  ProcessMark.fresh()),
              new dev.offload.api.command.OutputSink() {
                @Override
                public void stdout(byte[] buffer, int offset, int length) {
                  names.write(buffer, offset, length);
                }

                @Override
                public void stderr(byte[] buffer, int offset, int length) {}
              });
      if (!git.await().isSuccess()) {
        return Optional.empty();
      }
    } catch (CannotStart _) {
      return Optional.empty();
    }
    String all = names.toString(StandardCharsets.UTF_8);
    return Optional.of(all.isEmpty() ? List.of() : List.of(all.split("\0")));
  }
}
