package dev.offload.junitrunner;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Give what is written to `System.out` and `System.err` to the test that wrote it, and hand it on
/// to the streams of the process.
///
/// While one test runs, everything is its output. While several run, what a thread writes belongs
/// to the test that the thread, or the one that started it, runs.
final class Capture {
  private static final InheritableThreadLocal<@Nullable RunningTest> CURRENT =
      new InheritableThreadLocal<>();

  private final Frames frames;
  private final Set<RunningTest> running = new LinkedHashSet<>();

  Capture(Frames frames) {
    this.frames = frames;
  }

  /// Replace the streams of the process.
  @SuppressWarnings("JdkObsolete") // what is newer is not in Java 8
  void install() {
    try {
      System.setOut(new PrintStream(new Tee(false), true, "UTF-8"));
      System.setErr(new PrintStream(new Tee(true), true, "UTF-8"));
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Take note that this thread runs a test.
  synchronized void begin(RunningTest test) {
    running.add(test);
    CURRENT.set(test);
  }

  /// Take note that a test has ended.
  synchronized void end(RunningTest test) {
    running.remove(test);
    if (CURRENT.get() == test) {
      CURRENT.remove();
    }
  }

  private synchronized @Nullable RunningTest owner() {
    if (running.size() == 1) {
      return running.iterator().next();
    }
    RunningTest test = CURRENT.get();
    return test != null && running.contains(test) ? test : null;
  }

  private final class Tee extends OutputStream {
    private final boolean isErr;

    Tee(boolean isErr) {
      this.isErr = isErr;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      RunningTest test = owner();
      if (test != null) {
        test.output(isErr, buffer, offset, length);
      }
      frames.write(isErr, buffer, offset, length);
    }
  }
}
