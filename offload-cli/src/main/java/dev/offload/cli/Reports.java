package dev.offload.cli;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Surroundings;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import java.nio.file.Path;

/// Tell reports where to write.
final class Reports {
  private Reports() {}

  /// Return what the configuration says, for reports that are files.
  static ReportContext context(ReportSettings settings) {
    return context(settings, Surroundings.NONE);
  }

  /// Return what the configuration says, and what Offload runs in.
  static ReportContext context(OffloadConfig config, Console console) {
    return context(config.report(), surroundings(config.projectDirectory(), console));
  }

  /// Return what Offload runs in.
  static Surroundings surroundings(Path project, Console console) {
    return new Surroundings(System.getenv(), project.toAbsolutePath(), console::say);
  }

  private static ReportContext context(ReportSettings settings, Surroundings surroundings) {
    return new ReportContext(
        settings.outputDirectory(), settings.junit(), settings.junitFile(), surroundings);
  }
}
