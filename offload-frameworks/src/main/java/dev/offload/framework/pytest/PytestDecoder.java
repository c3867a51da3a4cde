package dev.offload.framework.pytest;

import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.framework.signal.SignalReader;
import java.util.List;

/// Read what the plug-in says of a batch, and explain an end that leaves tests unreported.
final class PytestDecoder implements SignalDecoder {
  private final SignalReader reader;
  private final PytestFramework framework;

  PytestDecoder(int tests, PytestFramework framework) {
    this.reader = new SignalReader(tests);
    this.framework = framework;
  }

  @Override
  public List<TestSignal> frame(String payload) {
    return reader.read(payload);
  }

  @Override
  public List<TestSignal> end(CommandEnd end) {
    if (end.cancelled() || reader.isComplete()) {
      return List.of();
    }
    String text = framework.explainExit(end.exit());
    if (text.isEmpty() && !reader.heardAnything()) {
      text =
          "pytest ended (%s) before it said anything; is it installed in the sandbox?"
              .formatted(end.exit().inWords());
    }
    return text.isEmpty() ? List.of() : List.of(new TestSignal.Diagnosis(text));
  }
}
