package dev.offload.provider.docker;

import dev.offload.provider.image.ImageFolder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Describe what is sent to the engine for a build: a Dockerfile and the files of folders.
final class ContextTar {
  /// The name of the Dockerfile in the stream; no project has a file of this name.
  static final String DOCKERFILE = ".offload.Dockerfile";

  private final String dockerfile;
  private final List<Folder> folders;

  private record Folder(ImageFolder files, String name) {}

  ContextTar(String dockerfile) {
    this(dockerfile, List.of());
  }

  private ContextTar(String dockerfile, List<Folder> folders) {
    this.dockerfile = dockerfile;
    this.folders = folders;
  }

  /// Add the files of a folder.
  ///
  /// @param name the folder's name in the stream, or empty for the root
  ContextTar withFolder(ImageFolder files, String name) {
    List<Folder> more = new ArrayList<>(folders);
    more.add(new Folder(files, name));
    return new ContextTar(dockerfile, more);
  }

  ContextTar withDockerfile(String text) {
    return new ContextTar(text, folders);
  }

  /// Return the text of the Dockerfile.
  String dockerfile() {
    return dockerfile;
  }

  /// Write the stream.
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
    ImageFolder files = folder.files();
    List<String> names = new ArrayList<>(files.files());
    names.addAll(files.links());
    for (String name : names) {
      String inside = folder.name().isEmpty() ? name : folder.name() + "/" + name;
      put(files.root().resolve(name), inside, tar);
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
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(Files.isExecutable(path) ? 0755 : 0644);
    entry.setModTime(Files.getLastModifiedTime(path).toMillis());
    entry.setSize(Files.size(path));
    tar.putArchiveEntry(entry);
    Files.copy(path, tar);
    tar.closeArchiveEntry();
  }
}
