package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import java.util.Optional;
import picocli.CommandLine;

/// Start Offload.
public final class Main {
  private Main() {}

  /// Carry out one command line and exit.
  public static void main(String[] args) {
    System.exit(run(Console.ofProcess(), args));
  }

  /// Carry out one command line and return its exit code.
  static int run(Console console, String... args) {
    Failures failures = new Failures(console);
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> failures.handle(e));
    int code;
    try {
      code = isVersion(args) ? version(console) : OffloadCommand.commandLine(console).execute(args);
    } catch (RuntimeException | Error e) {
      code = failures.handle(e);
    }
    Optional<String> incomplete = console.finish();
    if (incomplete.isEmpty()) {
      return code;
    }
    console.complain("standard output could not be written: " + incomplete.get());
    return code == CommandLine.ExitCode.OK ? ExitCodes.CANNOT_WRITE : code;
  }

  /// Asked most often, by scripts, and answered without building the whole command line.
  private static boolean isVersion(String[] args) {
    return args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"));
  }

  private static int version(Console console) {
    console.out().println("offload " + Version.number());
    return CommandLine.ExitCode.OK;
  }
}
