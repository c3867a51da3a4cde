package dev.offload.cli.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Notice single keys on standard input, when it is a terminal and this process is in its
/// foreground, without ever waiting for one.
///
/// Ctrl-C and Ctrl-Z keep their meaning. Whatever was changed is changed back by [#release]. A
/// process in the background neither reads nor changes the terminal: that would stop it.
final class Keyboard {
  /// How the terminal was before it was touched for the first time, or empty.
  private String original = "";

  private boolean taken;

  private Keyboard() {}

  /// Begin to notice keys, if there is a terminal to read from.
  static Keyboard listening() {
    Keyboard keyboard = new Keyboard();
    keyboard.take();
    return keyboard;
  }

  /// Ask the terminal for single keys, unseen; for the first time, or again after [#release].
  synchronized void take() {
    if (taken || !isForeground()) {
      return;
    }
    if (original.isEmpty()) {
      original = stty("-g");
    }
    if (!original.isEmpty()) {
      stty("-icanon", "-echo", "min", "1", "time", "0");
      taken = true;
    }
  }

  /// Return whether this key was pressed since the last call.
  synchronized boolean pressed(char key) {
    if (!taken) {
      return false;
    }
    try {
      int count = System.in.available();
      if (count == 0 || !isForeground()) {
        return false;
      }
      byte[] keys = System.in.readNBytes(count);
      return new String(keys, StandardCharsets.US_ASCII).indexOf(key) >= 0;
    } catch (IOException _) {
      return false;
    }
  }

  /// Give the terminal back as it was.
  synchronized void release() {
    if (taken && isForeground()) {
      stty(original);
    }
    taken = false;
  }

  /// Forget what the terminal was asked for, since a shell has set it anew meanwhile.
  synchronized void forget() {
    taken = false;
  }

  private static boolean isForeground() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return fields[2].equals(fields[5]);
    } catch (IOException | IndexOutOfBoundsException _) {
      return run(List.of("ps", "-o", "stat=", "-p", Long.toString(ProcessHandle.current().pid())))
          .contains("+");
    }
  }

  /// Return the answer, or an empty text when standard input is no terminal.
  private static String stty(String... arguments) {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static String run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return process.exitValue() == 0 ? answer : "";
    } catch (IOException _) {
      return "";
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
