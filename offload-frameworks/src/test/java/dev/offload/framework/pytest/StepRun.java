package dev.offload.framework.pytest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.SignalProtocol;
import dev.offload.api.framework.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Run a step as a sandbox would: its files in a private folder, its command in the project, its
/// frames told from its output.
final class StepRun {
  private static final String TOKEN = "token-of-this-test";

  private final Path project;
  private final Path folder;
  private final List<String> path;

  /// @param project where commands run
  /// @param folder an empty folder for the files
  /// @param path folders to look for programs, before those of this process
  StepRun(Path project, Path folder, List<String> path) {
    this.project = project;
    this.folder = folder;
    this.path = path;
  }

  CommandOutput run(Step step) throws IOException, InterruptedException {
    return finish(start(step));
  }

  /// Start a step; its output goes to files in the private folder.
  Process start(Step step) throws IOException {
    for (PlacedFile file : step.files()) {
      Path place = folder.resolve(file.name());
      Files.createDirectories(place.getParent());
      Files.writeString(place, file.content());
    }
    ProcessBuilder builder = new ProcessBuilder(step.command().argv());
    builder.directory(project.toFile());
    // Offload may run this test itself.
    builder.environment().keySet().removeIf(name -> name.startsWith("OFFLOAD"));
    builder.environment().putAll(step.command().env());
    builder.environment().put(SignalProtocol.TOKEN_VARIABLE, TOKEN);
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    if (!path.isEmpty()) {
      builder.environment().put("PATH", String.join(":", path));
    }
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectOutput(folder.resolve("stdout").toFile());
    builder.redirectError(folder.resolve("stderr").toFile());
    return builder.start();
  }

  /// Wait for the end of a started step.
  CommandOutput finish(Process process) throws IOException, InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the command did not end");
    }
    List<String> frames = new ArrayList<>();
    String stdout = readFrames(read("stdout"), frames);
    return new CommandOutput(
        Exit.ofShellStatus(process.exitValue()), frames, stdout, read("stderr"));
  }

  /// Return what was written so far.
  String read(String name) throws IOException {
    return new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.UTF_8);
  }

  /// Take the frames of what was written so far out of it; a last frame that is not whole yet is
  /// left out.
  String framesOf(String name, List<String> frames) throws IOException {
    String text = read(name);
    return readFrames(text.substring(0, text.lastIndexOf('\n') + 1), frames);
  }

  /// Tell frames from ordinary output, as `SignalProtocol` says.
  private static String readFrames(String stdout, List<String> frames) {
    String mark = SignalProtocol.MARK + TOKEN + " ";
    StringBuilder ordinary = new StringBuilder();
    StringBuilder payload = new StringBuilder();
    int at = 0;
    for (int found = stdout.indexOf(mark); found >= 0; found = stdout.indexOf(mark, at)) {
      ordinary.append(stdout, at, found);
      int end = stdout.indexOf('\n', found);
      String piece = stdout.substring(found + mark.length(), end < 0 ? stdout.length() : end);
      switch (piece.charAt(0)) {
        case SignalProtocol.CONTINUED -> payload.append(piece, 1, piece.length());
        case SignalProtocol.LAST -> {
          frames.add(payload.append(piece, 1, piece.length()).toString());
          payload.setLength(0);
        }
        default -> frames.add(piece);
      }
      at = end < 0 ? stdout.length() : end + 1;
    }
    return ordinary.append(stdout, at, stdout.length()).toString();
  }
}
