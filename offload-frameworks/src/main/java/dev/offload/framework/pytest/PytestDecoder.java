package dev.offload.framework.pytest;

import dev.offload.api.command.Exit;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.framework.signal.SignalReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
  public List<TestSignal> end(Exit exit, Map<String, Path> resultFiles) {
    if (reader.isComplete()) {
      return List.of();
    }
    String explained = framework.explainExit(exit);
    if (!explained.isEmpty()) {
      return List.of(new TestSignal.Diagnosis(explained));
    }
    if (!reader.heardAnything()) {
      String text =
          "pytest ended (%s) before it said anything; is it installed in the sandbox?"
              .formatted(exit.inWords());
      return List.of(new TestSignal.Diagnosis(text));
    }
    return List.of();
  }
}
