package dev.offload.report.ctrf;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;

/// Make [CtrfReporter]s.
public final class CtrfReporterFactory implements ReporterFactory {
  /// Called by `ServiceLoader`.
  public CtrfReporterFactory() {}

  @Override
  public String type() {
    return "ctrf";
  }

  @Override
  public boolean onByDefault(ReportContext context) {
    return false;
  }

  @Override
  public Reporter create(ReportContext context) {
    return new CtrfReporter(context.outputDirectory().resolve("ctrf-report.json"));
  }
}
