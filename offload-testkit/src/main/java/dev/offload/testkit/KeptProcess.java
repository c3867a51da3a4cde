package dev.offload.testkit;

import dev.offload.api.command.Exit;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.WarmProtocol;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// Give orders to one warm process and wait for its answers; see [WarmProtocol].
final class KeptProcess {
  private static final String END = "";

  private final Step start;
  private final Path folder;
  private final Process process;
  private final InputStream stdout;
  private final StringBuilder stderr = new StringBuilder();
  private final BlockingQueue<String> answersOnStderr = new LinkedBlockingQueue<>();
  private int orders;
  private boolean ended;

  /// Take a process that was started with its first order in place.
  KeptProcess(Step start, Path folder, Process process) {
    this.start = start;
    this.folder = folder;
    this.process = process;
    this.stdout = new BufferedInputStream(process.getInputStream());
    this.orders = 1;
    Thread.ofPlatform().daemon().name("stderr of a warm process").start(this::readStderr);
  }

  private void readStderr() {
    try (InputStream in = new BufferedInputStream(process.getErrorStream())) {
      boolean _ =
          FrameLines.read(
              in,
              answersOnStderr::add,
              line -> {
                synchronized (stderr) {
                  stderr.append(line).append('\n');
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      answersOnStderr.add(END);
    }
  }

  boolean takes(Step wanted) {
    return !ended && start.equals(wanted);
  }

  Path folder() {
    return folder;
  }

  static void place(Path folder, int number, String text) throws IOException {
    Path part = folder.resolve("part-of-order");
    Files.writeString(part, "batch-" + number + "\n" + text + "\n" + WarmProtocol.END + "\n");
    Files.move(part, folder.resolve(WarmProtocol.orderFile(number)));
  }

  void order(String text) throws IOException {
    place(folder, ++orders, text);
  }

  /// Return what was said on standard error since this was asked last.
  String takeStderr() {
    synchronized (stderr) {
      String text = stderr.toString();
      stderr.setLength(0);
      return text;
    }
  }

  /// Wait for the answer to the last order, or the end of the process.
  ///
  /// @return the exit code that a process of its own would have had, or that of this one
  Exit answer(Consumer<String> frames, Consumer<String> lines)
      throws IOException, InterruptedException {
    String done = WarmProtocol.DONE + " " + orders + " ";
    List<String> answer = new ArrayList<>();
    boolean isAnswered =
        FrameLines.read(
            stdout,
            frame -> {
              if (frame.startsWith(done)) {
                answer.add(frame);
                return false;
              }
              frames.accept(frame);
              return true;
            },
            lines);
    String onStderr = answersOnStderr.take();
    if (!isAnswered) {
      ended = true;
      return Exit.ofShellStatus(process.waitFor());
    }
    if (!onStderr.equals(answer.getFirst())) {
      throw new AssertionError("answered with " + answer + " and, on stderr, with " + onStderr);
    }
    return new Exit.Exited(Integer.parseInt(onStderr.split(" ")[2]));
  }

  /// Let it end in good order.
  ///
  /// @return what it told the user
  List<String> stop() throws IOException, InterruptedException {
    List<String> notes = new ArrayList<>();
    if (!ended) {
      ended = true;
      order(WarmProtocol.STOP);
      boolean _ = FrameLines.read(stdout, notes::add, _ -> {});
      assertEnd(Exit.ofShellStatus(process.waitFor()));
    }
    return notes;
  }

  private void assertEnd(Exit exit) {
    if (!exit.isSuccess()) {
      throw new AssertionError("a warm process ended with " + exit.inWords() + takeStderr());
    }
  }
}
