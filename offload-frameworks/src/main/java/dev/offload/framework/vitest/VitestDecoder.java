package dev.offload.framework.vitest;

import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.framework.signal.Payload;
import dev.offload.framework.signal.SignalReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Read what our reporter and our runner say of a batch.
///
/// The last pass of a batch is told only when vitest has ended well: it fails a run whose tests all
/// passed for an error outside of them, and something must be red then.
final class VitestDecoder implements SignalDecoder {
  private final SignalReader reader;
  private final VitestFramework framework;
  private final List<String> unhandled = new ArrayList<>();
  private TestSignal.@Nullable Finished last;
  private boolean failed;

  VitestDecoder(int tests, VitestFramework framework) {
    this.reader = new SignalReader(tests);
    this.framework = framework;
  }

  @Override
  public List<TestSignal> frame(String payload) {
    if (payload.startsWith("{\"hello\"") || payload.startsWith("{\"end\"")) {
      return List.of();
    }
    if (payload.startsWith("{\"unhandled\"")) {
      return unhandled(payload);
    }
    List<TestSignal> said = new ArrayList<>();
    for (TestSignal signal : reader.read(payload)) {
      if (signal instanceof TestSignal.Finished finished) {
        failed |= finished.report().outcome().isFailure();
        if (reader.isComplete() && !failed) {
          last = finished;
          continue;
        }
      }
      said.add(signal);
    }
    return said;
  }

  private List<TestSignal> unhandled(String payload) {
    try {
      String text = Payload.parse(payload).text("unhandled");
      unhandled.add(text);
      return List.of(new TestSignal.Diagnosis(text));
    } catch (IllegalArgumentException _) {
      return List.of();
    }
  }

  @Override
  public List<TestSignal> end(CommandEnd end) {
    if (last != null) {
      return List.of(judged(last, end));
    }
    if (end.cancelled() || reader.isComplete()) {
      return List.of();
    }
    String text = framework.explainExit(end.exit());
    if (text.isEmpty() && !reader.heardAnything()) {
      text =
          "vitest ended (%s) before any test began; is it installed in the sandbox?"
              .formatted(end.exit().inWords());
    }
    return text.isEmpty() ? List.of() : List.of(new TestSignal.Diagnosis(text));
  }

  private TestSignal judged(TestSignal.Finished pass, CommandEnd end) {
    if (end.cancelled() || end.exit().isSuccess()) {
      return pass;
    }
    AttemptReport report = pass.report();
    String text = unhandled.isEmpty() ? end.lastOutput() : String.join("\n\n", unhandled);
    String cause = unhandled.isEmpty() ? "" : ": " + text.lines().findFirst().orElse("");
    return new TestSignal.Finished(
        pass.index(),
        new AttemptReport(
            Outcome.ERRORED,
            report.duration(),
            "vitest failed though the tests passed (" + end.exit().inWords() + ")" + cause,
            text,
            report.stdout(),
            report.stderr()));
  }
}
