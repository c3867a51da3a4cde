package dev.offload.framework.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.command.CommandOutput;
import dev.offload.api.command.Exit;
import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.ExecutionRequest;
import dev.offload.api.framework.SignalDecoder;
import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.framework.signal.Resources;
import dev.offload.testkit.MapSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the adapter makes of frames that `record.sh` recorded.
class JunitRecordedTest {
  private static final DiscoveryRequest REQUEST = new DiscoveryRequest("g", "", "/f", Map.of());

  private static JunitFramework framework() {
    return (JunitFramework) new JunitFactory().create(MapSettings.of(Map.of()));
  }

  private static List<String> recorded(String name) {
    return Resources.text(JunitRecordedTest.class, "/junit-recorded/" + name + ".frames")
        .lines()
        .toList();
  }

  private static Discovery read(List<String> frames, int exit, String stdout) {
    return framework()
        .readDiscovery(REQUEST, new CommandOutput(new Exit.Exited(exit), frames, stdout, "err"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Junit5Test", "Junit6Test"})
  void tests_are_listed_and_end_as_recorded(String version) {
    Discovery.Found found = (Discovery.Found) read(recorded(version + "-list"), 0, "");
    assertThat(found.errors()).isEmpty();
    assertThat(found.tests().stream().map(test -> test.id().value()))
        .doesNotHaveDuplicates()
        .contains("demo.ManyTest#pairs(int, int)", "demo.BeforeAllTest$Inside#second");

    List<TestCase> tests = found.tests();
    ExecutionRequest request =
        new ExecutionRequest(tests, "/f", Map.of(), false, Duration.ofSeconds(1));
    SignalDecoder decoder = framework().decoder(request);
    Map<String, Outcome> outcomes = new HashMap<>();
    for (String frame : recorded(version + "-run")) {
      for (TestSignal signal : decoder.frame(frame)) {
        if (signal instanceof TestSignal.Finished(int index, var report)) {
          outcomes.put(tests.get(index).id().value(), report.outcome());
        }
      }
    }
    assertThat(outcomes)
        .containsEntry("demo.ManyTest#pairs(int, int)", Outcome.FAILED)
        .containsEntry("demo.ManyTest#disabled", Outcome.SKIPPED)
        .containsEntry("demo.BeforeAllTest#first", Outcome.ERRORED)
        .containsEntry("demo.TaggedTest#quick", Outcome.PASSED);
  }

  @Test
  void the_same_test_in_two_modules_carries_the_module() {
    String test =
        "{\"test\":\"[engine:junit-jupiter]/[class:a.BTest]/[method:c()]\",\"class\":\"a.BTest\","
            + "\"method\":\"c\",\"parameters\":\"\",\"name\":\"c()\"}";
    Discovery.Found found =
        (Discovery.Found)
            read(
                List.of(
                    "prepared 0",
                    "module one",
                    test,
                    "{\"listed\":1}",
                    "ended 0",
                    "module two",
                    test,
                    "{\"listed\":1}",
                    "ended 0",
                    "module three",
                    "ended 134"),
                0,
                "");
    assertThat(found.tests().stream().map(one -> one.id().value()))
        .containsExactly("one: a.BTest#c", "two: a.BTest#c");
    assertThat(found.errors().getFirst().name()).isEqualTo("module three");
    assertThat(found.errors().getFirst().message()).contains("signal 6 (SIGABRT)");
  }

  @Test
  void what_the_compiler_says_is_told_by_file_and_modules_left_out_are_named() {
    String log =
        """
        [\033[1;31mERROR\033[m] /project/core/src/test/java/ATest.java:[3,5] cannot find symbol
          symbol:   class Gone
        [ERROR] /project/core/src/test/java/ATest.java:[9,1] ';' expected
        [INFO] core ............................................... FAILURE [  1.0 s]
        [INFO] app ................................................ SKIPPED
        [ERROR] Failed to execute goal compile: Compilation failure
        [ERROR] /project/core/src/test/java/ATest.java:[3,5] cannot find symbol
        [ERROR]   symbol:   class Gone
        """;
    Discovery.Found found = (Discovery.Found) read(List.of("root /project", "prepared 1"), 0, log);
    assertThat(found.errors().stream().map(Discovery.CollectionError::name))
        .containsExactly("core/src/test/java/ATest.java", "module app");
    assertThat(found.errors().getFirst().message())
        .isEqualTo("does not compile: 3:5: cannot find symbol");
    assertThat(found.errors().getFirst().details()).contains("symbol:   class Gone", "9:1");
  }

  @Test
  void filters_that_are_wrong_are_explained() {
    for (String wrong : List.of("--include-tags x", "-t", "-n '('", "'")) {
      DiscoveryRequest request = new DiscoveryRequest("g", wrong, "/f", Map.of());
      Discovery discovery =
          framework()
              .readDiscovery(request, new CommandOutput(new Exit.Exited(0), List.of(), "", ""));
      assertThat(((Discovery.Failed) discovery).message()).startsWith("The filters are wrong: ");
    }
  }
}
