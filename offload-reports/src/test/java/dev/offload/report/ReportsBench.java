package dev.offload.report;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.report.junitxml.JunitXmlReporter;
import dev.offload.report.summary.SummaryReporter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Measure `junit.xml` and `summary.json` for a big run: `bench/reports/run.sh`. One test in a
/// hundred fails twice with a long text.
final class ReportsBench {
  private static final Instant BEGIN = Instant.parse("2026-11-01T10:00:00Z");

  private final List<Reporter> reporters;
  private long sequence;

  private ReportsBench(List<Reporter> reporters) {
    this.reporters = reporters;
  }

  public static void main(String[] args) throws IOException {
    int tests = Integer.parseInt(args[0]);
    Path folder = Path.of(args[1]);
    long start = System.nanoTime();
    new ReportsBench(
            List.of(
                new JunitXmlReporter(folder.resolve("junit.xml")),
                new SummaryReporter(folder.resolve("summary.json"))))
        .run(tests);
    double seconds = (System.nanoTime() - start) / 1e9;
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      peak +=
          pool.getName().matches(".*(Eden|Survivor|Old|Tenured).*")
              ? pool.getPeakUsage().getUsed()
              : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "%,d tests: %.2f s, %.2f s of processor time, peak heap %d MB (limit %d MB), junit.xml %.1f MB, summary.json %.1f MB%n",
        tests,
        seconds,
        processorSeconds(),
        peak >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        Files.size(folder.resolve("junit.xml")) / 1e6,
        Files.size(folder.resolve("summary.json")) / 1e6);
  }

  private static double processorSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  private void run(int count) throws IOException {
    emit(new RunEvent.RunStarted("bench", "0", "offload.toml", "local", "pytest", 100));
    List<TestCase> tests = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String file = "tests/package_" + i / 1000 + "/test_module_" + i / 20 + ".py";
      String id = file + "::TestSomething::test_case[" + i + "-parameter]";
      tests.add(new TestCase(new TestId(id), "unit", file, i % 500, id));
    }
    emit(new RunEvent.TestsDiscovered("unit", 1, tests));
    for (int i = 0; i < count; i++) {
      TestId id = tests.get(i).id();
      boolean fails = i % 100 == 0;
      finish(id, 1, i, fails);
      if (fails) {
        finish(id, 2, i, true);
      }
      emit(new RunEvent.TestDecided(id, fails ? Verdict.FAILED : Verdict.PASSED, ""));
    }
    emit(new RunEvent.RunFinished(1, "", Duration.ofMinutes(5)));
    for (Reporter reporter : reporters) {
      reporter.close();
    }
  }

  private void finish(TestId test, int attempt, int index, boolean fails) throws IOException {
    Duration duration = Duration.ofMillis(index % 97);
    String text = fails ? "  line of a traceback with <markup> & é\n".repeat(500) + index : "";
    emit(
        new RunEvent.AttemptFinished(
            test,
            attempt,
            new BatchId(index / 50 + 1),
            new SandboxId(index % 100 + 1),
            Duration.ofMillis(index),
            fails
                ? new AttemptReport(Outcome.FAILED, duration, "AssertionError", text, text, text)
                : AttemptReport.of(Outcome.PASSED, duration)));
  }

  private void emit(RunEvent event) throws IOException {
    sequence++;
    EventRecord entry = new EventRecord(sequence, BEGIN.plusMillis(sequence), event);
    for (Reporter reporter : reporters) {
      reporter.accept(entry);
    }
  }
}
