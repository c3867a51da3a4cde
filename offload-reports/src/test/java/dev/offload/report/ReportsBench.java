package dev.offload.report;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;
import dev.offload.api.test.AttemptReport;
import dev.offload.testkit.SyntheticRun;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/// Measure the reports of a big run: `bench/reports/run.sh`. Arguments: the number of tests, the
/// folder to write to, and the reports by their types.
final class ReportsBench {
  private static final int SANDBOXES = 100;
  private static final String LONG = "  line of a traceback with <markup> & é\n".repeat(500);

  private ReportsBench() {}

  public static void main(String[] args) throws Exception {
    int tests = Integer.parseInt(args[0]);
    Path folder = Path.of(args[1]);
    List<String> types = List.of(args).subList(2, args.length);
    ReportContext context = new ReportContext(folder, true, "junit.xml");
    List<Reporter> reporters =
        ServiceLoader.load(ReporterFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(factory -> types.contains(factory.type()))
            .map(factory -> factory.create(context))
            .toList();
    long start = System.nanoTime();
    SyntheticRun.play(
        tests,
        SANDBOXES,
        event -> {
          for (Reporter reporter : reporters) {
            reporter.accept(withLongTexts(event));
          }
        });
    double folded = (System.nanoTime() - start) / 1e9;
    for (Reporter reporter : reporters) {
      reporter.close();
    }
    System.out.printf(
        Locale.ROOT,
        "%s, %,d tests: %.2f s (%.2f s of them to make up and fold the events), %.2f s of processor"
            + " time, peak heap %d MB (limit %d MB), files: %s%n",
        String.join(" and ", types),
        tests,
        (System.nanoTime() - start) / 1e9,
        folded,
        ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3,
        peakHeap() >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        sizes(folder));
  }

  /// Failures of big suites come with long tracebacks and much output.
  private static EventRecord withLongTexts(EventRecord entry) {
    if (entry.event() instanceof RunEvent.AttemptFinished end
        && end.report().outcome().isFailure()) {
      String text = LONG + entry.sequence();
      return entry.with(
          end.with(
              new AttemptReport(
                  end.report().outcome(),
                  end.report().duration(),
                  end.report().message(),
                  text,
                  text,
                  text)));
    }
    return entry;
  }

  private static long peakHeap() {
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().matches(".*(Eden|Survivor|Old|Tenured).*")) {
        peak += pool.getPeakUsage().getUsed();
      }
    }
    return peak;
  }

  private static String sizes(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      StringBuilder sizes = new StringBuilder();
      for (Path file : files.sorted().toList()) {
        sizes.append("%s %.1f MB  ".formatted(file.getFileName(), Files.size(file) / 1e6));
      }
      return sizes.toString();
    }
  }
}
