package dev.offload.provider.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/// Mark processes through their environment, so that whatever they start is found again, even after
/// it left the process group and its parent ended.
///
/// The variable [#VARIABLE] holds a list of marks, the outermost first: a run inside a sandbox of
/// another run adds its own. Finding works on Linux only.
///
/// @param token the random text
public record ProcessMark(String token) {
  /// The environment variable that carries marks.
  public static final String VARIABLE = "OFFLOAD_SANDBOX";

  private static final Path PROC = Path.of("/proc");

  /// Make a mark that nobody else has.
  public static ProcessMark fresh() {
    return new ProcessMark(HexFormat.of().toHexDigits(new SplittableRandom().nextLong()));
  }

  /// Return a mark for a part of what this one marks: this one finds it too.
  public ProcessMark part(int number) {
    return new ProcessMark(token + "-" + number + "/");
  }

  /// Return the value of [#VARIABLE] for a process to mark.
  String environmentValue() {
    String outer = System.getenv(VARIABLE);
    String own = token.endsWith("/") ? token : token + "/";
    return outer == null ? own : outer + own;
  }

  /// Return the living processes that carry this mark.
  public List<ProcessHandle> carriers() {
    List<ProcessHandle> found = new ArrayList<>();
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid != self && isCarriedBy(process)) {
          ProcessHandle.of(pid).ifPresent(found::add);
        }
      }
    } catch (IOException | NumberFormatException _) {
      return found;
    }
    return found;
  }

  private boolean isCarriedBy(Path process) {
    try {
      byte[] environment = Files.readAllBytes(process.resolve("environ"));
      return new String(environment, StandardCharsets.ISO_8859_1).contains(token);
    } catch (IOException _) {
      return false; // it ended, or belongs to somebody else
    }
  }

  /// Kill every process that carries this mark, also those started meanwhile.
  ///
  /// @return those that are still there after a few seconds
  public List<ProcessHandle> killCarriers() {
    long deadline = System.nanoTime() + 3_000_000_000L;
    List<ProcessHandle> carriers = carriers();
    while (!carriers.isEmpty() && System.nanoTime() < deadline) {
      carriers.forEach(ProcessHandle::destroyForcibly);
      Pause.uninterruptibly(5);
      carriers = carriers();
    }
    return carriers;
  }
}
