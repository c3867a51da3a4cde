package dev.offload.cli.terminal;

import dev.offload.api.event.EventRecord;
import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Show a run to a person, on standard error: a live area on a terminal or plain lines elsewhere,
/// failures and incidents as they happen, and at the end what there is to know.
///
/// Close it after the reporters that write files, so that it can say where they are; what happens
/// after that is still shown. All output goes through one lock.
public final class TerminalReporter implements Reporter {
  private static final char DUMP_KEY = 't';
  private static final Duration TICK = Duration.ofMillis(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final RunView view = new RunView();
  private final Screen screen;
  private final EventLines lines;
  private final StatusArea area;
  private final PlainProgress progress;
  private final FinalPart finalPart;
  private final SlowTests slow;
  private final RunningNow runningNow;
  private final TerminalSettings settings;
  private final InstantSource clock;
  private final List<String> pending = new ArrayList<>();
  private Instant drawnAt = Instant.EPOCH;
  private boolean ticking;
  private @Nullable Keyboard keyboard;
  private boolean suspended;
  private boolean closed;

  /// Make one that writes lines as soon as there are any, and the area only when events come or
  /// [#tick] is called.
  ///
  /// @param err where people read
  /// @param context where the files of the run are
  public TerminalReporter(
      PrintWriter err, TerminalSettings settings, ReportContext context, InstantSource clock) {
    Palette palette = new Palette(settings.colour(), settings.unicode());
    this.settings = settings;
    this.clock = clock;
    screen = new Screen(err, settings);
    lines = new EventLines(view, palette, settings.verbose());
    area = new StatusArea(view, palette);
    progress = new PlainProgress(view);
    finalPart = new FinalPart(view, palette, context, settings::sentenceWidth);
    slow = new SlowTests(view, palette);
    runningNow = new RunningNow(view, palette);
  }

  /// Let a thread of its own write ten times a second from now on, until [#close]. Events then only
  /// change what will be written, so that many of them cost little.
  ///
  /// @return this
  public TerminalReporter start() {
    ticking = true;
    if (settings.live()) {
      keyboard = Keyboard.listening();
    }
    Thread.ofPlatform().daemon().name("offload-terminal").start(this::tickUntilClosed);
    return this;
  }

  private void tickUntilClosed() {
    try {
      while (!closed()) {
        if (keyboard != null && keyboard.pressed(DUMP_KEY)) {
          tellWhatRuns();
        }
        tick();
        Thread.sleep(TICK);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void accept(EventRecord entry) {
    lock.lock();
    try {
      view.accept(entry);
      pending.addAll(lines.of(entry.event()));
      if (closed || !ticking) {
        tick();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Write a line of somebody else's, above the live area.
  public void say(String line) {
    lock.lock();
    try {
      pending.add(SafeText.line(line));
      tick();
    } finally {
      lock.unlock();
    }
  }

  /// Say what runs where.
  public void tellWhatRuns() {
    lock.lock();
    try {
      if (!closed) {
        pending.addAll(runningNow.lines(clock.instant()));
        tick();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Give the terminal back for a while: the process is about to be stopped.
  public void suspend() {
    lock.lock();
    try {
      suspended = true;
      if (keyboard != null) {
        keyboard.release();
      }
      screen.write(List.of(), List.of());
    } finally {
      lock.unlock();
    }
  }

  /// Go on after the process was stopped.
  public void resume() {
    lock.lock();
    try {
      suspended = false;
      if (keyboard != null && !closed) {
        keyboard.forget();
        keyboard.take();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Write what is due.
  public void tick() {
    lock.lock();
    try {
      if (suspended) {
        return;
      }
      Instant now = clock.instant();
      if (settings.live() && !closed) {
        drawLive(now);
      } else {
        writePlain(now);
      }
    } finally {
      lock.unlock();
    }
  }

  private void drawLive(Instant now) {
    pending.addAll(slow.due(now));
    if (pending.isEmpty() && Duration.between(drawnAt, now).compareTo(TICK) < 0) {
      return;
    }
    drawnAt = now;
    screen.write(List.copyOf(pending), area.render(now, Math.max(20, settings.width().getAsInt())));
    pending.clear();
  }

  private void writePlain(Instant now) {
    if (!pending.isEmpty()) {
      progress.written(now);
    }
    if (!closed) {
      progress.due(now).ifPresent(pending::add);
      pending.addAll(slow.due(now));
    }
    if (!pending.isEmpty()) {
      screen.write(List.copyOf(pending), List.of());
      pending.clear();
    }
  }

  /// Take the live area away and give the cursor back, as the last thing before the process ends
  /// out of order. Never waits long.
  public void restore() {
    boolean locked = false;
    try {
      locked = lock.tryLock(200, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    closed = true;
    screen.write(List.of(), List.of());
    if (keyboard != null) {
      keyboard.release();
    }
    if (locked) {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (!settings.live()) {
        tick();
      }
      closed = true;
      if (keyboard != null) {
        keyboard.release();
      }
      pending.addAll(finalPart.render());
      screen.write(List.copyOf(pending), List.of());
      pending.clear();
    } finally {
      lock.unlock();
    }
  }
}
