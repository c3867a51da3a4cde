package dev.offload.report.junitxml;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;

/// Make [JunitXmlReporter]s.
public final class JunitXmlReporterFactory implements ReporterFactory {
  /// Called by `ServiceLoader`.
  public JunitXmlReporterFactory() {}

  @Override
  public String type() {
    return "junit";
  }

  @Override
  public boolean onByDefault(ReportContext context) {
    return context.junit();
  }

  @Override
  public Reporter create(ReportContext context) {
    return new JunitXmlReporter(context.outputDirectory().resolve(context.junitFile()));
  }
}
