package dev.offload.cli;

import dev.offload.api.report.ReportContext;
import dev.offload.engine.config.OffloadConfig.ReportSettings;

/// Tell reports where to write.
final class Reports {
  private Reports() {}

  /// Return what the configuration says.
  static ReportContext context(ReportSettings settings) {
    return new ReportContext(settings.outputDirectory(), settings.junit(), settings.junitFile());
  }
}
