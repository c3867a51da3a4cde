package dev.offload.framework.pytest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.CommandEnd;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.Step;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.TestCase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The adapter without a pytest.
class PytestFrameworkTest {
  private static final String SUITE =
      "{\"suite\":{\"rootdir\":\".\",\"ini\":\"pytest.ini\",\"arguments\":[\"tests\"]}}";

  private final PytestFramework framework =
      new PytestFramework(
          new PytestOptions(
              List.of("uv", "run", "py test"),
              true,
              List.of("tests"),
              List.of("--no-header"),
              List.of("--flavour", "a b")));

  private Discovery discovery(String... frames) {
    DiscoveryRequest request = new DiscoveryRequest("g", "", "/folder", Map.of());
    return framework.readDiscovery(
        request, new CommandOutput(new Exit.Exited(0), List.of(frames), "", "the last words"));
  }

  private List<TestCase> tests(String... frames) {
    return ((Discovery.Found) discovery(frames)).tests();
  }

  private static ExecutionRequest batch(List<TestCase> tests) {
    return new ExecutionRequest(
        tests, "/folder", Map.of("TOKEN", "secret"), false, Duration.ofMinutes(1));
  }

  @Test
  void discoveryRunsTheCommandWithFiltersAndPaths() {
    Step step =
        framework.discovery(
            new DiscoveryRequest("g", "-m 'not slow'", "/folder", Map.of("TOKEN", "secret")));

    assertThat(step.command().argv()).startsWith("sh", "-c").endsWith("/folder");
    assertThat(step.command().argv().get(2))
        .contains("exec uv run 'py test' -p offload_pytest_plugin --no-header tests\n")
        .doesNotContain("secret");
    assertThat(step.command().env()).containsEntry("TOKEN", "secret");
    assertThat(step.files())
        .extracting(file -> file.name())
        .containsExactly("offload_pytest_plugin.py", "plan-0.json");
    assertThat(step.files().get(1).content())
        .isEqualTo("{\"mode\":\"discover\",\"groups\":[{\"mark\":\"not slow\"}]}");
  }

  @Test
  void groupsThatDifferInPytestsOwnSelectionOnlyAreListedInOnePass() {
    assertThat(pass("")).isEqualTo(pass("-m 'not slow'")).isEqualTo(pass("-kone -m a -k 'b c'"));
    assertThat(pass("tests/unit")).isNotEqualTo(pass("")).isEqualTo(pass("-m a tests/unit -k b"));
    assertThat(pass("--flavour=a")).isNotEqualTo(pass("--flavour=b"));
    assertThat(pass("-- -k")).isNotEqualTo(pass(""));
    assertThat(PytestFilters.of("-kone -m a -k 'b c' x -- -m y"))
        .isEqualTo(new PytestFilters("b c", "a", List.of("x", "--", "-m", "y")));
  }

  private String pass(String filters) {
    return framework.discoveryPass(new DiscoveryRequest("g", filters, "/folder", Map.of()));
  }

  @Test
  void executionNamesTheTestsInAFileAndNotOnTheCommandLine() {
    List<TestCase> tests =
        tests(
            SUITE,
            "{\"file\":\"tests/t.py\",\"tests\":[[\"tests/t.py::a[\\ud800 é]\",1]]}",
            "{\"end\":0}");
    Step step = framework.execution(batch(tests));

    assertThat(step.command().argv().get(2))
        .contains(
            "exec uv run 'py test' -p offload_pytest_plugin --rootdir=. -c pytest.ini"
                + " --flavour 'a b' tests\n");
    assertThat(step.files().get(1).content())
        .as("ASCII, so that an unpaired surrogate survives the file")
        .isEqualTo(
            "{\"mode\":\"run\",\"failFast\":false,\"files\":[\"tests/t.py\"],"
                + "\"tests\":[[0,\"tests/t.py::a[\\uD800 \\u00E9]\",0,0]]}");
  }

  @Test
  void aLongBatchDoesNotMakeALongCommandLine() {
    List<String> frames = new ArrayList<>(List.of(SUITE));
    for (int i = 0; i < 5000; i++) {
      String file = "f".repeat(100) + i + ".py";
      frames.add("{\"file\":\"%s\",\"tests\":[[\"%s::test\",1]]}".formatted(file, file));
    }
    frames.add("{\"end\":0}");
    List<TestCase> tests = tests(frames.toArray(String[]::new));

    assertThat(String.join(" ", framework.execution(batch(tests)).command().argv()))
        .hasSizeLessThan(2000);
  }

  @Test
  void testsWithOneNodeIdGetIdsOfTheirOwn() {
    assertThat(
            tests(
                SUITE,
                "{\"file\":\"t.py\",\"tests\":[[\"t.py::a\",1],[\"t.py::a\",1,1],[\"t.py::a #3\",1],"
                    + "[\"t.py::a\",1,2]]}",
                "{\"end\":0}"))
        .extracting(test -> test.id().value())
        .containsExactly("t.py::a", "t.py::a #2", "t.py::a #3", "t.py::a #3 #3");
  }

  @Test
  void aDamagedListOfTestsIsAFailureAndNotAShorterList() {
    assertThat(discovery(SUITE, "{\"file\":\"t.py\",\"tests\":[[\"t.py::a\""))
        .isInstanceOfSatisfying(
            Discovery.Failed.class,
            failed -> {
              assertThat(failed.message())
                  .startsWith("The list of tests that pytest sent is damaged");
              assertThat(failed.details()).contains("the last words");
            });
    assertThat(discovery(SUITE)).as("without its end").isInstanceOf(Discovery.Failed.class);
  }

  @Test
  void explainsTheExitCodesThatSayMoreThanTheTests() {
    assertThat(framework.explainExit(new Exit.Exited(1))).isEmpty();
    assertThat(framework.explainExit(new Exit.Exited(4))).contains("refused its arguments");
    assertThat(framework.explainExit(new Exit.Exited(127))).contains("was not found");
    assertThat(framework.explainExit(new Exit.Signalled(9))).isEmpty();
  }

  @Test
  void aProcessThatSaidNothingIsExplained() {
    List<TestCase> tests =
        tests(SUITE, "{\"file\":\"t.py\",\"tests\":[[\"t.py::a\",1]]}", "{\"end\":0}");

    assertThat(end(tests, false))
        .containsExactly(
            new TestSignal.Diagnosis(
                "pytest ended (exit code 1) before it said anything; is it installed in the"
                    + " sandbox?"));
    assertThat(end(tests, true)).as("when Offload ended it").isEmpty();
  }

  private List<TestSignal> end(List<TestCase> tests, boolean cancelled) {
    return framework
        .decoder(batch(tests))
        .end(new CommandEnd(new Exit.Exited(1), cancelled, Map.of(), ""));
  }
}
