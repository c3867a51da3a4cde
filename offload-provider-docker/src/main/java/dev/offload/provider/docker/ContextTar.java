package dev.offload.provider.docker;

import com.github.dockerjava.core.GoLangFileMatch;
import com.github.dockerjava.core.exception.GoLangFileMatchException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/// Describe what is sent to the engine for a build: a Dockerfile and folders, without what their
/// `.dockerignore` leaves out.
final class ContextTar {
  /// The name of the Dockerfile in the stream; no project has a file of this name.
  static final String DOCKERFILE = ".offload.Dockerfile";

  private final String dockerfile;
  private final List<Folder> folders;

  private record Folder(Path local, String name, @Nullable Path dockerfile) {}

  ContextTar(String dockerfile) {
    this(dockerfile, List.of());
  }

  private ContextTar(String dockerfile, List<Folder> folders) {
    this.dockerfile = dockerfile;
    this.folders = folders;
  }

  /// Add a folder.
  ///
  /// @param name its name in the stream, or empty for the root
  /// @param own the Dockerfile, whose own ignore file `NAME.dockerignore` goes before the folder's
  ContextTar withFolder(Path local, String name, @Nullable Path own) {
    List<Folder> more = new ArrayList<>(folders);
    more.add(new Folder(local, name, own));
    return new ContextTar(dockerfile, more);
  }

  ContextTar withDockerfile(String text) {
    return new ContextTar(text, folders);
  }

  /// Write the stream. Times are left out of it where they do not matter, so that the engine finds
  /// unchanged files in its layers.
  void writeTo(Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      byte[] text = dockerfile.getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry entry = new TarArchiveEntry(DOCKERFILE);
      entry.setSize(text.length);
      tar.putArchiveEntry(entry);
      tar.write(text);
      tar.closeArchiveEntry();
      for (Folder folder : folders) {
        add(folder, tar);
      }
    }
  }

  private static void add(Folder folder, TarArchiveOutputStream tar) throws IOException {
    List<String> rules = rules(folder);
    SortedSet<Path> paths = new TreeSet<>();
    Files.walkFileTree(
        folder.local(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            String name = name(path);
            boolean out = !name.isEmpty() && isIgnored(name, rules);
            if (out && rules.stream().noneMatch(rule -> rule.startsWith("!"))) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (!out) {
              paths.add(path);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            boolean kind = attributes.isRegularFile() || attributes.isSymbolicLink();
            if (kind && !isIgnored(name(path), rules)) {
              paths.add(path);
            }
            return FileVisitResult.CONTINUE;
          }

          private String name(Path path) {
            return folder.local().relativize(path).toString();
          }
        });
    for (Path path : paths) {
      String name = folder.local().relativize(path).toString();
      String inside = folder.name().isEmpty() ? name : folder.name() + "/" + name;
      if (!inside.isEmpty()) {
        put(path, inside, tar);
      }
    }
  }

  private static void put(Path path, String name, TarArchiveOutputStream tar) throws IOException {
    if (Files.isSymbolicLink(path)) {
      TarArchiveEntry link = new TarArchiveEntry(name, TarArchiveEntry.LF_SYMLINK);
      link.setLinkName(Files.readSymbolicLink(path).toString());
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
      return;
    }
    boolean folder = Files.isDirectory(path);
    TarArchiveEntry entry = new TarArchiveEntry(folder ? name + "/" : name);
    entry.setMode(
        folder || Files.isExecutable(path)
            ? TarArchiveEntry.DEFAULT_DIR_MODE & 0777
            : TarArchiveEntry.DEFAULT_FILE_MODE & 0777);
    entry.setModTime(Files.getLastModifiedTime(path).toMillis());
    if (folder) {
      tar.putArchiveEntry(entry);
    } else {
      entry.setSize(Files.size(path));
      tar.putArchiveEntry(entry);
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }

  private static List<String> rules(Folder folder) throws IOException {
    Path own = folder.dockerfile();
    Path special =
        own == null ? folder.local() : own.resolveSibling(own.getFileName() + ".dockerignore");
    Path file =
        own != null && Files.isRegularFile(special)
            ? special
            : folder.local().resolve(".dockerignore");
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    return Files.readAllLines(file).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  /// The last rule that matches a path, or a folder it is in, decides.
  private static boolean isIgnored(String name, List<String> rules) {
    boolean ignored = false;
    for (String rule : rules) {
      boolean keeps = rule.startsWith("!");
      if (matches(keeps ? rule.substring(1) : rule, name)) {
        ignored = !keeps;
      }
    }
    return ignored;
  }

  private static boolean matches(String rule, String name) {
    String pattern = rule.replaceFirst("^\\./|^/", "").replaceFirst("/+$", "");
    try {
      for (String part = name; !part.isEmpty(); ) {
        if (GoLangFileMatch.match(pattern, part)) {
          return true;
        }
        int slash = part.lastIndexOf('/');
        part = slash < 0 ? "" : part.substring(0, slash);
      }
      return false;
    } catch (GoLangFileMatchException _) {
      return false; // the engine ignores what is no pattern, too
    }
  }
}
