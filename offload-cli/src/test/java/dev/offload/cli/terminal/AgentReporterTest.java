package dev.offload.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AgentReporterTest {
  private static final TestId TEST = new TestId("t");

  /// Return what is said of a test that failed.
  private static String blockOf(String message, String details) {
    StringWriter out = new StringWriter();
    AgentReporter reporter = new AgentReporter(new PrintWriter(out));
    List<RunEvent> events =
        List.of(
            new RunEvent.RunStarted("run-1", "0.1", "offload.toml", "local", "pytest", 1),
            new RunEvent.TestsDiscovered("all", 0, List.of(new TestCase(TEST, "all", "", 0, "t"))),
            new RunEvent.AttemptFinished(
                TEST,
                1,
                new BatchId(1),
                new SandboxId(1),
                Duration.ZERO,
                AttemptReport.of(Outcome.FAILED, Duration.ZERO, message, details)),
            new RunEvent.TestDecided(TEST, Verdict.FAILED, ""),
            new RunEvent.RunFinished(1, "", Duration.ofSeconds(1)));
    long sequence = 0;
    for (RunEvent event : events) {
      reporter.accept(new EventRecord(++sequence, Instant.EPOCH, event));
    }
    reporter.close();
    return out.toString();
  }

  @Test
  void evidenceIsWhatTheCauseDoesNotSay() {
    assertThat(blockOf("boom", "trace\nboom"))
        .startsWith("FAILED t\ncause: boom\nevidence:\n  trace\n  boom\nrepeat: offload run t\n");
    assertThat(blockOf("boom\nand more", ""))
        .startsWith("FAILED t\ncause: boom\nevidence:\n  boom\n  and more\nrepeat: ");
    assertThat(blockOf("boom", "boom\n")).startsWith("FAILED t\ncause: boom\nrepeat: ");
    assertThat(blockOf("boom", "")).startsWith("FAILED t\ncause: boom\nrepeat: ");
  }

  @Test
  void manyFlakyTestsAreNotAllNamed() {
    StringWriter out = new StringWriter();
    AgentReporter reporter = new AgentReporter(new PrintWriter(out));
    long sequence = 0;
    for (int i = 0; i < 1000; i++) {
      TestId id = new TestId("t" + i);
      List<TestCase> found = List.of(new TestCase(id, "all", "", 0, "t"));
      reporter.accept(
          new EventRecord(
              ++sequence, Instant.EPOCH, new RunEvent.TestsDiscovered("all", 1, found)));
      reporter.accept(
          new EventRecord(
              ++sequence,
              Instant.EPOCH,
              new RunEvent.TestDecided(id, Verdict.FLAKY, "why".repeat(1000))));
    }
    reporter.close();
    assertThat(out.toString().lines().filter(line -> line.startsWith("FLAKY t"))).hasSize(50);
    assertThat(out.toString()).contains("\nMORE FLAKY 950: offload logs --failures\n");
    assertThat(out.toString().length()).isLessThan(25_000);
  }
}
