package dev.offload.cli.terminal;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.ReportContext;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Measure what the live view of a run costs: a run of 200 sandboxes that tells 1,000 events a
/// second. Run by `bench/terminal`.
public final class TerminalBench {
  private static final int SANDBOXES = 200;
  private static final int EVENTS_A_SECOND = 1_000;
  private static final int WARM_UP_SECONDS = 5;

  private TerminalBench() {}

  /// Measure, and print the share of one processor.
  public static void main(String[] arguments) throws InterruptedException {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
    TerminalSettings settings =
        new TerminalSettings(true, true, true, false, () -> 100, () -> 30, () -> {});
    TerminalReporter reporter =
        new TerminalReporter(
            new PrintWriter(Writer.nullWriter()),
            settings,
            new ReportContext(Path.of(""), true, "junit.xml"),
            InstantSource.system());
    double making = share(_ -> {}, seconds);
    double all = share(reporter.start()::accept, seconds);
    System.out.printf(
        Locale.ROOT,
        "terminal: %,d events/s, %d sandboxes: %.2f %% of a core, beside %.2f %% to make the"
            + " events%n",
        EVENTS_A_SECOND,
        SANDBOXES,
        100 * (all - making),
        100 * making);
  }

  /// Return the share of a processor that it takes to tell somebody of a run.
  private static double share(Consumer<EventRecord> reporter, int seconds)
      throws InterruptedException {
    Run run = new Run(reporter, (seconds + WARM_UP_SECONDS) * EVENTS_A_SECOND / 3 + SANDBOXES);
    run.play(WARM_UP_SECONDS);
    long before = processorNanos();
    run.play(seconds);
    return (processorNanos() - before) / 1e9 / seconds;
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static final class Run {
    private final Consumer<EventRecord> reporter;
    private final List<TestId> ids;
    private long sequence;
    private int next;

    Run(Consumer<EventRecord> reporter, int tests) {
      this.reporter = reporter;
      ids =
          IntStream.range(0, tests)
              .mapToObj(i ->
                  new TestId("tests/test_some_module_%d.py::test_number_%d".formatted(i / 50, i)))
              .toList();
      tell(new RunEvent.RunStarted("run", "0", "offload.toml", "local", "pytest", SANDBOXES));
      tell(
          new RunEvent.TestsDiscovered(
              "all",
              1,
              ids.stream().map(id -> new TestCase(id, "all", "f", 1, id.value())).toList()));
      Map<TestId, Duration> expected = new HashMap<>();
      ids.forEach(id -> expected.put(id, Duration.ofMillis(500)));
      tell(new RunEvent.DurationsExpected(expected));
      for (int sandbox = 1; sandbox <= SANDBOXES; sandbox++) {
        tell(new RunEvent.SandboxReady(new SandboxId(sandbox), "s"));
        tell(
            new RunEvent.BatchStarted(
                new BatchId(sandbox), new SandboxId(sandbox), List.of(ids.get(sandbox)), false));
        start(sandbox - 1);
      }
      next = SANDBOXES;
    }

    private void tell(RunEvent event) {
      reporter.accept(new EventRecord(++sequence, Instant.now(), event));
    }

    private void start(int test) {
      tell(new RunEvent.AttemptStarted(ids.get(test), 1, new BatchId(1), sandbox(test)));
    }

    private static SandboxId sandbox(int test) {
      return new SandboxId(1 + test % SANDBOXES);
    }

    /// Three events for each test: one ends, has its verdict, and the next begins.
    void play(int seconds) throws InterruptedException {
      long begin = System.nanoTime();
      for (int round = 1; round <= seconds * 100; round++) {
        for (int event = 0; event < EVENTS_A_SECOND / 100; event += 3) {
          int done = next - SANDBOXES;
          AttemptReport report = AttemptReport.of(Outcome.PASSED, Duration.ofMillis(480));
          tell(
              new RunEvent.AttemptFinished(
                  ids.get(done), 1, new BatchId(1), sandbox(done), Duration.ZERO, report));
          tell(new RunEvent.TestDecided(ids.get(done), Verdict.PASSED, ""));
          start(Math.min(next, ids.size() - 1));
          next = Math.min(next + 1, ids.size() - 1);
        }
        long due = begin + round * 10_000_000L - System.nanoTime();
        if (due > 0) {
          Thread.sleep(Duration.ofNanos(due));
        }
      }
    }
  }
}
