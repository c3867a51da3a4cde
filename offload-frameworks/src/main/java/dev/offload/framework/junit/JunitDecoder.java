package dev.offload.framework.junit;

import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.framework.signal.SignalReader;
import java.util.List;

/// Read what the runner says of a batch, and explain an end at which it had said nothing.
final class JunitDecoder implements SignalDecoder {
  private final SignalReader reader;
  private final JunitFramework framework;

  JunitDecoder(int tests, JunitFramework framework) {
    this.reader = new SignalReader(tests);
    this.framework = framework;
  }

  @Override
  public List<TestSignal> frame(String payload) {
    return reader.read(payload);
  }

  @Override
  public List<TestSignal> end(CommandEnd end) {
    if (end.cancelled() || reader.isComplete() || reader.heardAnything()) {
      return List.of();
    }
    String known = framework.explainExit(end.exit());
    String text =
        known.isEmpty()
            ? "Java ended (" + end.exit().inWords() + ") before it said anything of a test"
            : known;
    return List.of(new TestSignal.Diagnosis(text));
  }
}
