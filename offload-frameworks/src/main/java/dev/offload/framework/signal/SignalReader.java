package dev.offload.framework.signal;

import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/// Read the signals of one batch out of its frames; the format is in `docs/reference/streaming.md`.
///
/// Nothing throws: a frame that makes no sense becomes a [TestSignal.Diagnosis].
public final class SignalReader {
  private static final int SHOWN = 200;

  private final int tests;
  private final BitSet finished = new BitSet();
  private boolean heard;

  /// Make a reader for a batch of this many tests.
  public SignalReader(int tests) {
    this.tests = tests;
  }

  /// Read one frame.
  public List<TestSignal> read(String text) {
    heard = true;
    Payload payload;
    try {
      payload = Payload.parse(text);
    } catch (IllegalArgumentException _) {
      return diagnosis("a signal could not be read: " + shown(text));
    }
    if (payload.has("started")) {
      int index = payload.integer("started", -1);
      return isTest(index) ? List.of(new TestSignal.Started(index)) : foreign(text);
    }
    if (payload.has("finished")) {
      return finished(payload, text);
    }
    if (payload.has("diagnosis")) {
      return diagnosis(payload.text("diagnosis"));
    }
    if (payload.has("broken")) {
      return broken(payload.object("broken"));
    }
    return diagnosis("a signal is not known: " + shown(text));
  }

  /// Return whether any frame came.
  public boolean heardAnything() {
    return heard;
  }

  /// Return whether every test of the batch has finished.
  public boolean isComplete() {
    return finished.cardinality() == tests;
  }

  private List<TestSignal> finished(Payload payload, String text) {
    int index = payload.integer("finished", -1);
    if (!isTest(index)) {
      return foreign(text);
    }
    finished.set(index);
    AttemptReport report =
        new AttemptReport(
            outcome(payload.text("outcome")),
            Duration.ofNanos(Math.round(payload.amount("duration") * 1e9)),
            payload.text("message"),
            payload.text("details"),
            payload.text("stdout"),
            payload.text("stderr"));
    return List.of(new TestSignal.Finished(index, report));
  }

  /// The process can run none of its tests: that is the failure of each.
  private List<TestSignal> broken(Payload cause) {
    AttemptReport report =
        AttemptReport.of(
            Outcome.ERRORED, Duration.ZERO, cause.text("message"), cause.text("details"));
    List<TestSignal> signals = new ArrayList<>();
    for (int i = finished.nextClearBit(0); i < tests; i = finished.nextClearBit(i + 1)) {
      finished.set(i);
      signals.add(new TestSignal.Started(i));
      signals.add(new TestSignal.Finished(i, report));
    }
    return signals;
  }

  /// An outcome that is not known is no pass.
  private static Outcome outcome(String word) {
    return switch (word.toUpperCase(Locale.ROOT)) {
      case "PASSED" -> Outcome.PASSED;
      case "FAILED" -> Outcome.FAILED;
      case "SKIPPED" -> Outcome.SKIPPED;
      default -> Outcome.ERRORED;
    };
  }

  private boolean isTest(int index) {
    return index >= 0 && index < tests;
  }

  private static List<TestSignal> foreign(String text) {
    return diagnosis("a signal names a test that is not in its batch: " + shown(text));
  }

  private static List<TestSignal> diagnosis(String text) {
    return List.of(new TestSignal.Diagnosis(text));
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
