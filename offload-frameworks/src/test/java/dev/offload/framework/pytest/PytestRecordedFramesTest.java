package dev.offload.framework.pytest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.test.TestCase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The adapter on what real pytests have sent; no pytest is needed.
class PytestRecordedFramesTest {
  private final PytestFramework framework =
      new PytestFramework(
          new PytestOptions(
              List.of("python", "-m", "pytest"), false, List.of(), List.of(), List.of()));

  @ParameterizedTest
  @ValueSource(strings = {"7.4.4", "8.4.2", "9.0.3"})
  void readsWhatEachVersionSent(String version) throws IOException {
    DiscoveryRequest request = new DiscoveryRequest("unit", "", "/folder", Map.of());
    Discovery.Found found =
        (Discovery.Found)
            framework.readDiscovery(request, recorded("discovery-pytest-" + version + ".frames"));

    assertThat(found.errors()).hasSize(2);
    assertThat(found.warnings()).isEmpty();
    assertThat(found.tests()).hasSize(40).allMatch(test -> test.group().equals("unit"));
    assertThat(found.tests()).extracting(test -> test.id().value()).doesNotHaveDuplicates();
    TestCase passes = found.tests().get(15);
    assertThat(passes.id().value()).isEqualTo("tests/test_outcomes.py::test_passes");
    assertThat(passes.file()).isEqualTo("tests/test_outcomes.py");
    assertThat(passes.line()).isEqualTo(7);

    ExecutionRequest batch =
        new ExecutionRequest(found.tests(), "/folder", Map.of(), false, Duration.ofMinutes(1));
    CommandOutput output = recorded("execution-pytest-" + version + ".frames");
    assertThat(
            Pytest.Batch.read(framework, batch, output).lines().stream()
                .map(PytestBehaviourTest::sameForAllVersions))
        .containsExactlyElementsOf(Projects.lines("/pytest-expected/behaviours.txt"));
  }

  private static CommandOutput recorded(String name) throws IOException {
    return new CommandOutput(new Exit.Exited(1), PytestRecording.read(name), "", "");
  }
}
