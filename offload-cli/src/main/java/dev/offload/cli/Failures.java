package dev.offload.cli;

import dev.offload.engine.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/// Turn what a command throws into a message and an exit code. A stack trace goes into a file,
/// never to the user.
final class Failures implements IExecutionExceptionHandler {
  private final Console console;

  Failures(Console console) {
    this.console = console;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return handle(e);
  }

  /// Tell the user and return the exit code.
  int handle(Throwable failure) {
    if (failure instanceof CommandFailure known) {
      console.say(String.valueOf(known.getMessage()));
      return known.exitCode();
    }
    if (failure instanceof InterruptedException) {
      console.complain("interrupted");
      return ExitCodes.INTERRUPTED;
    }
    if (isOutOfMemory(failure)) {
      long limit = Runtime.getRuntime().maxMemory() >> 20;
      console.complain(
          "its own memory of %d MB did not suffice; set OFFLOAD_JAVA_OPTS=-Xmx%dm and run it again"
              .formatted(limit, 2 * limit));
      return ExitCodes.INTERNAL;
    }
    console.complain("internal error, a bug in Offload: " + summary(failure) + "; " + log(failure));
    return ExitCodes.INTERNAL;
  }

  private static boolean isOutOfMemory(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }

  private static String summary(Throwable failure) {
    String message = failure.getMessage();
    String type = failure.getClass().getSimpleName();
    return message == null ? type : type + ": " + message.lines().findFirst().orElse("");
  }

  private static String log(Throwable failure) {
    try {
      Path log = Files.createTempFile("offload-error-", ".log");
      try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(log))) {
        writer.println("offload " + Version.number() + ", Java " + Runtime.version());
        failure.printStackTrace(writer);
      }
      return "please report it with " + log;
    } catch (IOException e) {
      return "its log could not be written: " + e.getMessage();
    }
  }
}
