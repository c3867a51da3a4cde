package dev.offload.provider.modal;

import dev.offload.api.command.OutputSink;
import dev.offload.api.sandbox.SandboxException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Wait for the answer to one request, and take what comes before it.
///
/// Messages are put in by the bridge's reader, which never waits: how much output can lie here is
/// bounded by the window that the bridge keeps to.
final class Call {
  /// How much of a stream is used up before the bridge is told. Far less than its window.
  private static final int WORTH_TELLING = 128 << 10;

  private final long number;
  private final LinkedBlockingQueue<Object> messages = new LinkedBlockingQueue<>();
  private final int[] untold = new int[3];

  Call(long number) {
    this.number = number;
  }

  long number() {
    return number;
  }

  /// Take a message from the bridge.
  void put(Map<String, Object> message) {
    messages.add(message);
  }

  /// End the wait with a failure.
  void fail(SandboxException failure) {
    messages.add(failure);
  }

  /// Wait for the answer.
  ///
  /// @param longest a safety net: the bridge has limits of its own
  /// @param send sends a message to the bridge
  Map<?, ?> answer(
      OutputSink output,
      Consumer<String> progress,
      Duration longest,
      Consumer<Map<String, Object>> send)
      throws SandboxException, InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (true) {
      Object message = messages.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      Map<?, ?> answer =
          switch (message) {
            case null ->
                throw new SandboxException.Transient(
                    "Modal did not answer within " + longest.toSeconds() + " s", null);
            case SandboxException failure -> throw failure;
            case Map<?, ?> told -> take(told, output, progress, send);
            default -> throw new IllegalStateException("unexpected " + message);
          };
      if (answer != null) {
        return answer;
      }
    }
  }

  private @Nullable Map<?, ?> take(
      Map<?, ?> told,
      OutputSink output,
      Consumer<String> progress,
      Consumer<Map<String, Object>> send)
      throws SandboxException {
    return switch (Reply.text(told, "ev")) {
      case "out" -> {
        int fd = Reply.number(told, "fd", 1);
        byte[] data = Base64.getDecoder().decode(Reply.text(told, "data"));
        if (fd == 1) {
          output.stdout(data, 0, data.length);
        } else {
          output.stderr(data, 0, data.length);
        }
        used(fd, data.length, send);
        yield null;
      }
      case "progress" -> {
        progress.accept(Reply.text(told, "text"));
        yield null;
      }
      default -> {
        if (told.get("error") instanceof Map<?, ?> error) {
          throw Reply.failure(error);
        }
        yield Reply.object(told, "ok");
      }
    };
  }

  private void used(int fd, int count, Consumer<Map<String, Object>> send) {
    untold[fd] += count;
    if (untold[fd] >= WORTH_TELLING) {
      send.accept(Map.of("op", "ack", "exec", number, "fd", fd, "bytes", untold[fd]));
      untold[fd] = 0;
    }
  }
}
