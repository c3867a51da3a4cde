package dev.offload.engine.session;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Read what `artifacts.sh` packs. Nothing in it is trusted: whatever a name says, files are made
/// only below the target folder.
final class ArtifactArchive {
  private static final int LONGEST_NAME = 64 * 1024;
  private static final int LONGEST_LINE = 64;

  private final InputStream in;
  private final Path target;
  private long unread;
  private int tooLarge;
  private String firstTooLarge = "";
  private @Nullable String problem;

  private ArtifactArchive(InputStream in, Path target) {
    this.in = in;
    this.target = target;
  }

  /// What became of an archive.
  ///
  /// @param tooLarge how many files were left out for their size
  /// @param firstTooLarge the name of the first of them
  /// @param problem why a file could not be written
  record Unpacked(int tooLarge, String firstTooLarge, Optional<String> problem) {}

  /// Write the files of an archive below a folder.
  ///
  /// @throws IOException when the archive is cut off or damaged; the files before that are there
  static Unpacked unpack(Path archive, Path target) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(archive))) {
      ArtifactArchive reader = new ArtifactArchive(in, target);
      reader.read();
      return new Unpacked(
          reader.tooLarge, reader.firstTooLarge, Optional.ofNullable(reader.problem));
    }
  }

  private void read() throws IOException {
    for (String line = line(); !line.equals("end"); line = line()) {
      String[] words = line.split(" ");
      if (words.length != 3) {
        throw new IOException("the archive of files is damaged");
      }
      String name = name(number(words[1], LONGEST_NAME));
      long size = number(words[2], Long.MAX_VALUE);
      if (words[0].equals("left")) {
        firstTooLarge = tooLarge++ == 0 ? name : firstTooLarge;
      } else {
        write(name, size);
      }
    }
  }

  private static long number(String word, long most) throws IOException {
    try {
      long number = Long.parseLong(word);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IOException("the archive of files is damaged");
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 || line.length() == LONGEST_LINE) {
        throw new EOFException("the archive of files is cut off");
      }
      line.append((char) b);
    }
    return line.toString();
  }

  private String name(long length) throws IOException {
    byte[] bytes = in.readNBytes((int) length);
    String name = new String(bytes, StandardCharsets.UTF_8);
    return name.startsWith("./") ? name.substring(2) : name;
  }

  private void write(String name, long size) throws IOException {
    Optional<Path> file = file(name);
    if (file.isEmpty()) {
      problem = "a name that leads elsewhere: " + printable(name, false);
      in.skipNBytes(size);
      return;
    }
    unread = size;
    try {
      Files.createDirectories(file.get().getParent());
      try (OutputStream out = Files.newOutputStream(file.get())) {
        copy(out);
      }
    } catch (EOFException e) {
      throw e;
    } catch (IOException e) {
      problem = e.toString();
      in.skipNBytes(unread);
    }
  }

  private void copy(OutputStream out) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    while (unread > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, unread));
      if (read < 0) {
        throw new EOFException("the archive of files is cut off");
      }
      unread -= read;
      out.write(buffer, 0, read);
    }
  }

  private Optional<Path> file(String name) {
    try {
      return below(printable(name, false));
    } catch (InvalidPathException _) {
      // This machine's character set cannot say it.
      return below(printable(name, true));
    }
  }

  private Optional<Path> below(String name) {
    Path file = target;
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return Optional.empty();
      }
      file = file.resolve(part);
    }
    return Optional.of(file);
  }

  /// Write control characters, and what else is asked for, as in an address: `%0A`.
  private static String printable(String name, boolean onlyAscii) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .forEach(character -> {
          if (Character.isISOControl(character) || (onlyAscii && character > 127)) {
            text.append("%%%02X".formatted(character));
          } else {
            text.appendCodePoint(character);
          }
        });
    return text.toString();
  }

  /// Delete a folder with everything in it; links are deleted, not followed.
  static void deleteTree(Path root) throws IOException {
    if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> children = Files.list(root)) {
        for (Path child : children.toList()) {
          deleteTree(child);
        }
      }
    }
    Files.deleteIfExists(root);
  }
}
