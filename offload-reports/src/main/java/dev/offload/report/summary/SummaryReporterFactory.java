package dev.offload.report.summary;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;

/// Make [SummaryReporter]s.
public final class SummaryReporterFactory implements ReporterFactory {
  /// Called by `ServiceLoader`.
  public SummaryReporterFactory() {}

  @Override
  public String type() {
    return "summary";
  }

  @Override
  public boolean onByDefault(ReportContext context) {
    return true;
  }

  @Override
  public Reporter create(ReportContext context) {
    return new SummaryReporter(context.outputDirectory().resolve("summary.json"));
  }
}
