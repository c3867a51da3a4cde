package dev.offload.report.trace;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;

/// Make [TraceReporter]s.
public final class TraceReporterFactory implements ReporterFactory {
  /// Called by `ServiceLoader`.
  public TraceReporterFactory() {}

  @Override
  public String type() {
    return "trace";
  }

  @Override
  public boolean onByDefault(ReportContext context) {
    return false;
  }

  @Override
  public Reporter create(ReportContext context) {
    return new TraceReporter(context.outputDirectory().resolve("trace.json"));
  }
}
