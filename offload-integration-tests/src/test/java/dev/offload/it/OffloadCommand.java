package dev.offload.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Run the built distribution in the folder of a project, with an environment that is the same
/// everywhere.
public final class OffloadCommand {
  private static final Path HOME = Path.of(System.getProperty("offload.home", ""));
  private static final List<String> UNWANTED =
      List.of(
          "CI",
          "GITHUB_ACTIONS",
          "NO_COLOR",
          "CLICOLOR",
          "CLICOLOR_FORCE",
          "FORCE_COLOR",
          "OFFLOAD_JAVA_OPTS");

  private final Path project;
  private final Map<String, String> env = new HashMap<>();
  private Duration timeout = Duration.ofMinutes(2);
  private String stdin = "";

  private OffloadCommand(Path project) {
    this.project = project;
    env.put("JAVA_HOME", System.getProperty("java.home"));
    env.put("LC_ALL", "C.UTF-8");
  }

  /// Return the command for a project folder.
  public static OffloadCommand in(Path project) {
    return new OffloadCommand(project);
  }

  /// Return the folder of the built distribution.
  public static Path home() {
    if (!Files.isDirectory(HOME)) {
      throw new AssertionError("the distribution is not built: run these tests with `mvn verify`");
    }
    return HOME;
  }

  /// Return the root of the source tree.
  public static Path sourceRoot() {
    return Path.of(System.getProperty("offload.root"));
  }

  /// Set a variable; an empty value takes it away.
  public OffloadCommand with(String name, String value) {
    env.put(name, value);
    return this;
  }

  /// Set how long the command may take before the test fails.
  public OffloadCommand within(Duration limit) {
    timeout = limit;
    return this;
  }

  /// Set what the command can read from standard input.
  public OffloadCommand reading(String text) {
    stdin = text;
    return this;
  }

  /// Run `offload` with these arguments to its end.
  public Result run(String... arguments) {
    return runProgram(home().resolve("bin/offload").toString(), arguments);
  }

  /// Run another program in the same way, for example a shell that calls `offload`.
  public Result runProgram(String program, String... arguments) {
    Running running = startProgram(program, arguments);
    return running.await();
  }

  /// Start `offload` with these arguments.
  public Running start(String... arguments) {
    return startProgram(home().resolve("bin/offload").toString(), arguments);
  }

  /// Start another program in the same way.
  public Running startProgram(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    try {
      Path stdout = Files.createTempFile("offload-it", ".stdout");
      Path stderr = Files.createTempFile("offload-it", ".stderr");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(project.toFile())
              .redirectOutput(stdout.toFile())
              .redirectError(stderr.toFile());
      UNWANTED.forEach(builder.environment()::remove);
      env.forEach((name, value) -> {
        if (value.isEmpty()) {
          builder.environment().remove(name);
        } else {
          builder.environment().put(name, value);
        }
      });
      builder
          .environment()
          .merge(
              "PATH",
              home().resolve("bin").toString(),
              (path, bin) -> bin + File.pathSeparator + path);
      Process process = builder.start();
      try (var input = process.getOutputStream()) {
        input.write(stdin.getBytes(StandardCharsets.UTF_8));
      }
      return new Running(process, stdout, stderr, timeout);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A command that was started.
  ///
  /// @param process its process
  public record Running(Process process, Path stdoutFile, Path stderrFile, Duration timeout) {
    /// Wait for its end; fail when that does not come in time.
    public Result await() {
      try {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
          throw new AssertionError(
              "no end within " + timeout + "; stderr so far:\n" + Files.readString(stderrFile));
        }
        return new Result(process.exitValue(), read(stdoutFile), read(stderrFile));
      } catch (InterruptedException e) {
        process.destroyForcibly();
        throw new AssertionError("interrupted", e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String read(Path file) throws IOException {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
  }

  /// What a command left.
  ///
  /// @param exitCode its exit code
  /// @param stdout its standard output
  /// @param stderr its standard error
  public record Result(int exitCode, String stdout, String stderr) {
    /// Return the lines of standard output.
    public List<String> outLines() {
      return stdout.lines().toList();
    }

    /// Return the lines of standard error.
    public List<String> errLines() {
      return stderr.lines().toList();
    }
  }
}
