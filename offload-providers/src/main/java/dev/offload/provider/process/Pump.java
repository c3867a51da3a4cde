package dev.offload.provider.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Move one output stream of a child process to its sink, on a platform thread: a blocked read of a
/// pipe would pin the carrier of a virtual one.
final class Pump implements Runnable {
  /// Take bytes; they are only valid during the call.
  interface Sink {
    void take(byte[] buffer, int offset, int length);
  }

  private static final int BUFFER = 1 << 16;

  /// More than any pipe holds: what comes beyond it after the process ended is not the process's.
  private static final long MOST_LEFT = 2 << 20;

  private final InputStream in;
  private final Sink sink;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile long readingSince;
  private final AtomicLong moved = new AtomicLong();
  private volatile boolean abandoned;
  private volatile @Nullable RuntimeException failure;

  private Pump(String name, InputStream in, Sink sink) {
    this.in = in;
    this.sink = sink;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
  }

  static Pump start(String name, InputStream in, Sink sink) {
    Pump pump = new Pump(name, in, sink);
    pump.readingSince = System.nanoTime();
    pump.thread.start();
    return pump;
  }

  @Override
  public void run() {
    // When a process exits, the JDK reads what is left in its pipes into memory and closes them.
    // It takes the stream's monitor for that; holding it here leaves pipe and back-pressure to us.
    synchronized (in) {
      try {
        move(new byte[BUFFER]);
      } catch (IOException _) {
        abandoned = true; // closed under our hands: nothing more will come
      } finally {
        ended.countDown();
      }
    }
  }

  private void move(byte[] buffer) throws IOException {
    while (true) {
      readingSince = System.nanoTime();
      int length = in.read(buffer, 0, buffer.length);
      readingSince = 0;
      if (length < 0) {
        return;
      }
      hand(buffer, length);
      moved.addAndGet(length);
    }
  }

  private void hand(byte[] buffer, int length) {
    if (abandoned || failure != null) {
      return; // keep reading, so that nobody blocks on a full pipe
    }
    try {
      sink.take(buffer, 0, length);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /// Wait until everything is handed over. When somebody else still holds the pipe open although
  /// the process ended, and says nothing for `grace` or never stops, the rest is given up.
  ///
  /// @param end when the process ended, as [System#nanoTime] told
  void finish(long end, Duration grace) throws InterruptedException {
    long movedBefore = moved.get();
    while (!ended.await(20, TimeUnit.MILLISECONDS)) {
      long since = readingSince;
      boolean silent = since != 0 && System.nanoTime() - Math.max(since, end) > grace.toNanos();
      if (silent || moved.get() - movedBefore > MOST_LEFT) {
        abandoned = true;
        break;
      }
    }
    RuntimeException broken = failure;
    if (broken != null) {
      throw broken;
    }
  }

  /// Hand nothing over any more.
  void abandon() {
    abandoned = true;
    if (readingSince == 0) {
      thread.interrupt();
    }
  }
}
