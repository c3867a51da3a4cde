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
    return new ReportContext(settings.outputDirectory(), settings.junit(), settings.junitFile());
  }

  /// Return what the configuration says, what Offload runs in, and what it remembers.
  static ReportContext context(OffloadConfig config, Console console) {
    ReportSettings settings = config.report();
    return new ReportContext(
        settings.outputDirectory(),
        settings.junit(),
        settings.junitFile(),
        surroundings(config.projectDirectory(), console),
        new RememberedTests(config));
  }

  /// Return what Offload runs in.
  static Surroundings surroundings(Path project, Console console) {
    return new Surroundings(System.getenv(), project.toAbsolutePath(), console::say);
  }
}
