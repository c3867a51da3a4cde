package dev.offload.provider.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/// Hold which files of a folder go into an image.
///
/// What runs and tools leave behind ([Leftovers]) stays out. So does what the folder's
/// `.dockerignore` names.
///
/// @param root the folder, absolute
/// @param files the files, from the folder, with `/` between names, in order; also links to files
/// @param links the symbolic links that lead to a folder, or nowhere on this machine, in order
public record ImageFolder(Path root, List<String> files, List<String> links) {
  private static final String HISTORY = ".git";

  /// What stands in a text for bytes that are no UTF-8; such a file is not found by its name again.
  private static final char NOT_A_CHARACTER = '\uFFFD';

  /// Copy.
  public ImageFolder {
    files = List.copyOf(files);
    links = List.copyOf(links);
  }

  /// List a folder whole, as the context of a Dockerfile.
  public static ImageFolder context(Path root) throws IOException {
    return list(root, true);
  }

  /// List a folder that is copied: without `.git`.
  public static ImageFolder copied(Path root) throws IOException {
    return list(root, false);
  }

  private static ImageFolder list(Path root, boolean withHistory) throws IOException {
    IgnoreFile ignored = IgnoreFile.of(root);
    List<String> files = new ArrayList<>();
    List<String> links = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.equals(root)) {
              return FileVisitResult.CONTINUE;
            }
            String name = folder.getFileName().toString();
            boolean unwanted =
                Leftovers.isOne(folder)
                    || (!withHistory && name.equals(HISTORY))
                    || (!ignored.hasExceptions() && ignored.ignores(path(root, folder)));
            return unwanted ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String path = path(root, file);
            boolean regular = Files.isRegularFile(file);
            if ((regular || attributes.isSymbolicLink()) && !ignored.ignores(path)) {
              if (path.indexOf(NOT_A_CHARACTER) >= 0) {
                throw new FileSystemException(
                    path, null, "its name is not UTF-8: rename it, or name it in .dockerignore");
              }
              (regular ? files : links).add(path);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Collections.sort(files);
    Collections.sort(links);
    return new ImageFolder(root, files, links);
  }

  private static String path(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /// Return a text that changes when a name, the content, the executability or the target of a file
  /// does.
  public String fingerprint() throws IOException {
    try {
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      MessageDigest one = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (String name : files) {
        Path file = root.resolve(name);
        if (Files.isSymbolicLink(file)) {
          one.update(Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream in = Files.newInputStream(file)) {
          for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            one.update(buffer, 0, count);
          }
        }
        all.update(name.getBytes(StandardCharsets.UTF_8));
        all.update((byte) 0);
        all.update((byte) (Files.isExecutable(file) ? 'x' : '-'));
        all.update(one.digest());
      }
      for (String name : links) {
        String target = Files.readSymbolicLink(root.resolve(name)).toString();
        all.update((name + '\0' + target + '\0').getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(all.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
