package dev.offload.cli.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Know the size of the user's terminal. It is asked for when the terminal says that it has
/// changed, and every ten seconds in case it does not say so.
final class WindowSize {
  static final int USUAL_COLUMNS = 80;
  static final int USUAL_ROWS = 24;
  private static final long MAX_AGE = TimeUnit.SECONDS.toNanos(10);

  private final Map<String, String> env;
  private int columns;
  private int rows;
  private long readAt;

  WindowSize(Map<String, String> env) {
    this.env = env;
  }

  /// Return whether standard error is a terminal.
  static boolean isTerminal() {
    try {
      Process test =
          new ProcessBuilder("sh", "-c", "[ -t 2 ]")
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return waitFor(test) && test.exitValue() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  /// Ask for the size before it is used again.
  synchronized void changed() {
    columns = 0;
  }

  synchronized int columns() {
    refresh();
    return columns;
  }

  synchronized int rows() {
    refresh();
    return rows;
  }

  private void refresh() {
    long now = System.nanoTime();
    if (columns > 0 && now - readAt < MAX_AGE) {
      return;
    }
    readAt = now;
    String[] size = askTerminal().split(" ");
    rows = number(size[0], number(env.getOrDefault("LINES", ""), USUAL_ROWS));
    columns =
        number(
            size.length > 1 ? size[1] : "", number(env.getOrDefault("COLUMNS", ""), USUAL_COLUMNS));
  }

  /// Return rows, a blank and columns, or an empty text.
  private static String askTerminal() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return waitFor(stty)
          ? new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip()
          : "";
    } catch (IOException _) {
      return "";
    }
  }

  private static boolean waitFor(Process process) {
    try {
      if (process.waitFor(2, TimeUnit.SECONDS)) {
        return true;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return false;
  }

  private static int number(String text, int otherwise) {
    try {
      int number = Integer.parseInt(text);
      return number > 0 ? number : otherwise;
    } catch (NumberFormatException _) {
      return otherwise;
    }
  }
}
