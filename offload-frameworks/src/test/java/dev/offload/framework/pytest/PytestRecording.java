package dev.offload.framework.pytest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Keep the frames of real pytests for tests that need none, one payload a line. The files are made
/// anew by `record.sh` beside them.
final class PytestRecording {
  private static final String FOLDER = "/pytest-recordings/";

  private PytestRecording() {}

  /// Write frames where the environment variable `OFFLOAD_RECORD` asks for it, without the paths of
  /// this machine.
  static void write(String name, List<String> frames, Path project) {
    String folder = System.getenv("OFFLOAD_RECORD");
    if (folder == null) {
      return;
    }
    List<String> lines =
        frames.stream()
            .map(frame -> frame.replace(project.toString(), "/project"))
            .map(frame -> frame.replaceAll("/[^ \"\\\\]*(?=/lib/python3)", "/python"))
            .toList();
    try {
      Files.write(Path.of(folder).resolve(name), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> read(String name) throws IOException {
    try (InputStream in = PytestRecording.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new AssertionError("no recording " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
