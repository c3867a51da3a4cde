package dev.offload.junitrunner;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;

/// One test of a batch: what it and its invocations said until its result is sent. An invocation is
/// what a parameterised, repeated or dynamic test makes while it runs.
///
/// Guarded by the listener, but for the output.
final class RunningTest {
  private static final int SHOWN_FAILURES = 20;
  private static final double NANOS_PER_SECOND = 1e9;

  final int index;
  final String uniqueId;

  /// The containers around it, the nearest first.
  final List<Container> containers = new ArrayList<>();

  boolean begun;
  boolean ended;
  boolean sent;
  @Nullable Container holder;
  volatile @Nullable Thread thread;

  private final Output out = new Output();
  private final Output err = new Output();
  private final StringBuilder details = new StringBuilder();
  private String message = "";
  private String skipReason = "";
  private int failures;
  private int errors;
  private int passes;
  private int skips;
  private int depth;
  private long beganAt;
  private long nanos;

  RunningTest(int index, String uniqueId) {
    this.index = index;
    this.uniqueId = uniqueId;
  }

  void output(boolean isErr, byte[] buffer, int offset, int length) {
    (isErr ? err : out).write(buffer, offset, length);
  }

  /// Take note that it, or a part of it, began.
  void enter() {
    if (depth == 0) {
      beganAt = System.nanoTime();
    }
    depth++;
    begun = true;
  }

  /// Take note that it, or a part of it, ended.
  void leave() {
    depth--;
    if (depth == 0) {
      nanos += System.nanoTime() - beganAt;
    }
  }

  /// Return whether nothing of it runs now.
  boolean isAtRest() {
    return depth == 0;
  }

  /// Take a result.
  ///
  /// @param part the name of the invocation, or empty for the test itself
  void take(String part, TestExecutionResult result) {
    Throwable cause = result.getThrowable().orElse(null);
    if (result.getStatus() == Status.SUCCESSFUL) {
      passes++;
    } else if (result.getStatus() == Status.ABORTED) {
      skip(cause == null ? "aborted" : reason(cause));
    } else {
      fail(part, cause, cause != null && Failure.isAroundTheTest(cause));
    }
  }

  /// Take a failure.
  ///
  /// @param part what failed, or empty for the test itself
  /// @param isAround whether it is not the test that failed but something it needs
  void fail(String part, @Nullable Throwable cause, boolean isAround) {
    if (isAround) {
      errors++;
    } else {
      failures++;
    }
    String line = cause == null ? "failed" : Failure.message(cause);
    if (message.isEmpty()) {
      message = part.isEmpty() ? line : Failure.firstLine(part) + ": " + line;
    }
    int shown = failures + errors;
    if (shown <= SHOWN_FAILURES) {
      details.append(details.length() == 0 ? "" : "\n\n");
      details.append(part.isEmpty() ? "" : part + "\n");
      details.append(cause == null ? line : Failure.details(cause));
    } else if (shown == SHOWN_FAILURES + 1) {
      details.append("\n\n… and more");
    }
  }

  /// Take note that it, or an invocation of it, was left out.
  void skip(String reason) {
    skips++;
    if (skipReason.isEmpty()) {
      skipReason = reason;
    }
  }

  boolean hasResult() {
    return failures + errors + passes + skips > 0;
  }

  boolean hasFailed() {
    return failures + errors > 0;
  }

  /// Return the signal of its end.
  String signal() {
    String outcome =
        failures > 0
            ? "failed"
            : errors > 0 ? "errored" : skips > 0 && passes == 0 ? "skipped" : "passed";
    boolean isSkipped = outcome.equals("skipped");
    return new Json()
        .number("finished", index)
        .text("outcome", outcome)
        .number("duration", nanos / NANOS_PER_SECOND)
        .text("message", isSkipped ? Failure.firstLine(skipReason) : message)
        .text("details", isSkipped ? skipReason : details.toString())
        .text("stdout", out.text())
        .text("stderr", err.text())
        .toString();
  }

  /// What follows `Assumption failed: ` is the reason, as its author wrote it.
  private static String reason(Throwable cause) {
    String text = cause.getMessage();
    return text == null || text.trim().isEmpty() ? cause.getClass().getSimpleName() : text;
  }
}
