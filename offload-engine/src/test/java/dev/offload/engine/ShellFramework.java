package dev.offload.engine;

import dev.offload.api.command.Command;
import dev.offload.api.command.CommandOutput;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.PlacedFile;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A framework whose tests are lines of shell. A test passes when its line ends with 0.
public final class ShellFramework implements TestFramework {
  private final List<TestCase> tests = new ArrayList<>();
  private final boolean hasFile;

  public ShellFramework() {
    this(false);
  }

  /// @param hasFile whether every batch needs a file in the sandbox
  public ShellFramework(boolean hasFile) {
    this.hasFile = hasFile;
  }

  public ShellFramework test(String name, String line) {
    tests.add(new TestCase(new TestId(name), "all", "", 0, line));
    return this;
  }

  public ShellFramework tests(int count, String line) {
    for (int i = 1; i <= count; i++) {
      test("test-" + i, line);
    }
    return this;
  }

  public List<TestCase> tests() {
    return tests;
  }

  @Override
  public Step discovery(DiscoveryRequest request) {
    return new Step(List.of(), Command.of("true"), List.of());
  }

  @Override
  public Discovery readDiscovery(DiscoveryRequest request, CommandOutput output) {
    return new Discovery.Found(tests, List.of(), List.of());
  }

  @Override
  public Step execution(ExecutionRequest request) {
    StringBuilder script = new StringBuilder("say() { printf '\\036'; echo \"$token $*\"; }\n");
    script.append("token=$OFFLOAD_SIGNAL_TOKEN\n");
    for (int i = 0; i < request.tests().size(); i++) {
      script.append("say started ").append(i).append('\n');
      script.append("if (").append(request.tests().get(i).selector()).append("\n) 2>&1; then ");
      script
          .append("say passed ")
          .append(i)
          .append("; else say failed ")
          .append(i)
          .append("; fi\n");
    }
    List<PlacedFile> files = hasFile ? List.of(new PlacedFile("file", "text")) : List.of();
    return new Step(files, Command.shell(script.toString()), List.of());
  }

  @Override
  public SignalDecoder decoder(ExecutionRequest request) {
    return payload -> {
      String[] words = payload.split(" ");
      int index = Integer.parseInt(words[1]);
      Map<String, Outcome> ends = Map.of("passed", Outcome.PASSED, "failed", Outcome.FAILED);
      if (!ends.containsKey(words[0])) {
        return List.of(new TestSignal.Started(index));
      }
      AttemptReport report = AttemptReport.of(ends.get(words[0]), Duration.ofMillis(10));
      return List.of(new TestSignal.Finished(index, report));
    };
  }
}
