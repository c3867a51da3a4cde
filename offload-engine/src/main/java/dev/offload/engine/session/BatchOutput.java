package dev.offload.engine.session;

import dev.offload.api.event.BatchId;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import java.time.Duration;
import java.util.function.Consumer;

/// Take the output of one batch: frames go to the decoder, everything else to the logs, the last of
/// it is kept as evidence, and the time of the last byte is the sandbox's last sign of life.
final class BatchOutput {
  private static final int KEPT = 16 * 1024;

  private final SignalDecoder decoder;
  private final Consumer<TestSignal> signals;
  private final BatchLogs.Log stdoutLog;
  private final BatchLogs.Log stderrLog;
  private final TailBuffer stdoutTail = new TailBuffer(KEPT);
  private final TailBuffer stderrTail = new TailBuffer(KEPT);
  private final LineReader lines;
  private volatile long lastHeard;
  private volatile boolean listening;
  private volatile boolean answered;

  BatchOutput(SignalDecoder decoder, Consumer<TestSignal> signals, BatchLogs logs, BatchId batch) {
    this.decoder = decoder;
    this.signals = signals;
    this.stdoutLog = logs.open(batch, "stdout");
    this.stderrLog = logs.open(batch, "stderr");
    this.lines = new LineReader(line -> decoder.stdoutLine(line).forEach(signals));
  }

  SignalDecoder decoder() {
    return decoder;
  }

  void begin() {
    lastHeard = System.nanoTime();
    answered = false;
    listening = true;
  }

  /// The command has ended: a last line without a line end is a line.
  void pause() {
    listening = false;
    lines.finish();
  }

  /// Return for how long nothing was heard; zero while nothing is expected.
  ///
  /// @param timeToBegin how long nothing need be heard at first
  Duration silence(Duration timeToBegin) {
    if (!listening) {
      return Duration.ZERO;
    }
    Duration silence = Duration.ofNanos(System.nanoTime() - lastHeard);
    Duration counted = answered ? silence : silence.minus(timeToBegin);
    return counted.isNegative() ? Duration.ZERO : counted;
  }

  void heard() {
    lastHeard = System.nanoTime();
    answered = true;
  }

  void frame(String payload) {
    decoder.frame(payload).forEach(signals);
    heard();
  }

  void stdout(byte[] buffer, int offset, int length) {
    stdoutLog.write(buffer, offset, length);
    stdoutTail.write(buffer, offset, length);
    if (decoder.readsStdout()) {
      lines.feed(buffer, offset, length);
    }
    heard();
  }

  void stderr(byte[] buffer, int offset, int length) {
    stderrLog.write(buffer, offset, length);
    stderrTail.write(buffer, offset, length);
    heard();
  }

  /// Return the last lines of standard error, or of standard output where the former is empty.
  String evidence(int lineCount) {
    String errors = stderrTail.lastLines(lineCount);
    return errors.isBlank() ? stdoutTail.lastLines(lineCount) : errors;
  }

  void close(String outcome) {
    lines.finish();
    stdoutLog.close(outcome);
    stderrLog.close(outcome);
  }
}
