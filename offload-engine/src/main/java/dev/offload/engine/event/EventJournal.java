package dev.offload.engine.event;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.test.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Keep the events of a run in a file, one line each.
///
/// What happens when Offload is killed: an event that the user sees by name (a verdict other than
/// passed or skipped, a lost sandbox) and one that is needed to clean up (a sandbox that is ready)
/// is with the operating system when [#accept] returns. Everything else follows together, at most
/// [#LAG] later, so that thousands of events a second cost a few writes. Feed the journal before
/// the reporters that print. A crash of the whole machine may take more: nothing is forced to the
/// disk.
///
/// While it is open the file is locked, so that two runs never mix in one journal.
public final class EventJournal implements Reporter {
  /// The usual name of the file in the output directory.
  public static final String FILE_NAME = "events.jsonl";

  /// The longest an event waits in memory.
  static final Duration LAG = Duration.ofMillis(50);

  private final Utf8Lines out;
  private boolean closed;
  private @Nullable IOException failure;

  private EventJournal(RandomAccessFile file) {
    this.out = new Utf8Lines(unbuffered(file), 1 << 16);
  }

  /// Begin a journal, in place of an older one.
  ///
  /// @throws JournalException when another run writes to it now
  public static EventJournal create(Path path) throws IOException, JournalException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      if (!lock(file)) {
        throw new JournalException(
            "another run is writing to "
                + path
                + ": wait for its end, or set another `output_dir` under `[report]`");
      }
      file.setLength(0);
      EventJournal journal = new EventJournal(file);
      journal.out.write(EventCodec.HEADER + "\n");
      journal.out.flush();
      journal.flushLaterForever();
      return journal;
    } catch (IOException | JournalException e) {
      file.close();
      throw e;
    }
  }

  private static boolean lock(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  /// A channel would be closed by the interruption of the thread that writes.
  private static OutputStream unbuffered(RandomAccessFile file) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        file.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        file.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  /// Take the next event. What comes after [#close] is dropped.
  @Override
  public synchronized void accept(EventRecord entry) throws IOException {
    if (closed) {
      return;
    }
    failed();
    boolean idle = out.isEmpty();
    try {
      EventCodec.write(entry, out);
    } catch (JacksonException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
    out.write('\n');
    if (mustNotWait(entry.event())) {
      out.flush();
    } else if (idle) {
      notifyAll();
    }
  }

  private static boolean mustNotWait(RunEvent event) {
    return switch (event) {
      case RunEvent.TestDecided decided ->
          decided.verdict() != Verdict.PASSED && decided.verdict() != Verdict.SKIPPED;
      case RunEvent.RunStarted _,
          RunEvent.SandboxReady _,
          RunEvent.SandboxStartFailed _,
          RunEvent.SandboxLost _,
          RunEvent.SandboxCondemned _,
          RunEvent.Warning _,
          RunEvent.Degraded _,
          RunEvent.RunFinished _ ->
          true;
      case RunEvent.PhaseStarted _,
          RunEvent.PhaseFinished _,
          RunEvent.Progress _,
          RunEvent.TestsDiscovered _,
          RunEvent.TestsWithdrawn _,
          RunEvent.DiscoveryEnded _,
          RunEvent.ShardSelected _,
          RunEvent.TestsQuarantined _,
          RunEvent.DurationsExpected _,
          RunEvent.SandboxStarting _,
          RunEvent.SandboxSuspected _,
          RunEvent.SandboxHeard _,
          RunEvent.SandboxClosed _,
          RunEvent.BatchStarted _,
          RunEvent.BatchEnded _,
          RunEvent.AttemptStarted _,
          RunEvent.AttemptFinished _ ->
          false;
    };
  }

  /// Hand everything to the operating system now.
  public synchronized void flush() throws IOException {
    failed();
    if (!closed) {
      out.flush();
    }
  }

  private void flushLaterForever() {
    Thread.ofPlatform().daemon().name("offload-journal").start(this::flushLater);
  }

  private void flushLater() {
    try {
      while (waitForEvents()) {
        Thread.sleep(LAG);
        flush();
      }
    } catch (IOException e) {
      keepFailure(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean waitForEvents() throws InterruptedException {
    while (!closed && out.isEmpty()) {
      wait();
    }
    return !closed;
  }

  private synchronized void keepFailure(IOException e) {
    failure = e;
  }

  private void failed() throws IOException {
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      notifyAll();
      out.close();
    }
  }
}
