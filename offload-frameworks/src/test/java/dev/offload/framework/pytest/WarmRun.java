package dev.offload.framework.pytest;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.WarmProtocol;
import dev.offload.api.framework.WarmStep;
import dev.offload.api.test.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Hand batches to one warm process as the engine does.
final class WarmRun implements AutoCloseable {
  private final Pytest pytest;
  private final Path folder;
  private final StepRun run;
  private @Nullable Process process;
  private @Nullable WarmStep first;
  private int orders;
  private int framesRead;

  WarmRun(Pytest pytest) throws IOException {
    this.pytest = pytest;
    this.folder = pytest.folder();
    this.run = new StepRun(pytest.project, folder, List.of());
  }

  /// Run tests as one batch; where the tests need a process of its own, in such a one.
  Pytest.Batch run(List<TestCase> tests) throws IOException, InterruptedException {
    ExecutionRequest request = pytest.request(tests, folder);
    WarmStep step = pytest.framework().warm(request).orElse(null);
    if (step == null) {
      return pytest.runCold(tests);
    }
    if (first != null && !first.start().equals(step.start())) {
      throw new AssertionError("another process is wanted: " + step.start());
    }
    place("batch-" + (orders + 1), step.order());
    if (process == null) {
      first = step;
      process = run.start(step.start());
    }
    CommandOutput output = awaitAnswer();
    return Pytest.Batch.read(pytest.framework(), request, output);
  }

  private void place(String batch, String text) throws IOException {
    orders++;
    Path part = folder.resolve("part");
    Files.writeString(part, batch + "\n" + text + "\n" + WarmProtocol.END + "\n");
    Files.move(part, folder.resolve(WarmProtocol.orderFile(orders)));
  }

  boolean hasEnded() {
    return process != null && !process.isAlive();
  }

  private CommandOutput awaitAnswer() throws IOException, InterruptedException {
    String done = WarmProtocol.DONE + " " + orders + " ";
    while (true) {
      boolean ended = hasEnded();
      List<String> frames = new ArrayList<>();
      String stdout = run.framesOf("stdout", frames);
      List<String> mine = frames.subList(Math.min(framesRead, frames.size()), frames.size());
      if (ended) {
        return new CommandOutput(exit(), mine, stdout, run.read("stderr"));
      }
      if (!mine.isEmpty() && mine.getLast().startsWith(done)) {
        List<String> errors = new ArrayList<>();
        String stderr = run.framesOf("stderr", errors);
        if (!errors.isEmpty() && errors.getLast().equals(mine.getLast())) {
          framesRead = frames.size();
          int code = Integer.parseInt(mine.getLast().split(" ")[2]);
          return new CommandOutput(
              new Exit.Exited(code), mine.subList(0, mine.size() - 1), stdout, stderr);
        }
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private Exit exit() {
    return Exit.ofShellStatus(process == null ? 0 : process.exitValue());
  }

  /// Let the process end in good order.
  ///
  /// @return what it said to the user
  List<String> stop() throws IOException, InterruptedException {
    if (process == null || !process.isAlive()) {
      return List.of();
    }
    place("", WarmProtocol.STOP);
    run.finish(process);
    List<String> frames = new ArrayList<>();
    run.framesOf("stdout", frames);
    return List.copyOf(frames.subList(framesRead, frames.size()));
  }

  @Override
  public void close() throws IOException {
    try {
      stop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
