package dev.offload.report.html;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;

/// Make [HtmlReporter]s.
public final class HtmlReporterFactory implements ReporterFactory {
  /// Called by `ServiceLoader`.
  public HtmlReporterFactory() {}

  @Override
  public String type() {
    return "html";
  }

  @Override
  public boolean onByDefault(ReportContext context) {
    return true;
  }

  @Override
  public Reporter create(ReportContext context) {
    return new HtmlReporter(context.outputDirectory().resolve("report.html"), context.history());
  }
}
