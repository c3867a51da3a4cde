package dev.offload.cli;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;
import dev.offload.api.report.Surroundings;
import dev.offload.api.report.TestHistory;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import dev.offload.engine.event.EventFanOut;
import java.nio.file.Path;
import java.util.List;

/// Choose where reports are written, and in which order they are told.
final class Reports {
  /// The type of the report that shows a run in GitHub Actions.
  static final String GITHUB = "github";

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

  /// Return what holds without a configuration.
  static ReportContext context(Path outputDirectory, Console console) {
    return new ReportContext(
        outputDirectory.toAbsolutePath().normalize(),
        true,
        "junit.xml",
        surroundings(Path.of(""), console),
        TestHistory.NONE);
  }

  /// Return the wanted reports and what is shown to people, which says where the reports are and
  /// which could not be written. GitHub's comes last: it guards what is shown.
  static EventFanOut with(
      List<ReporterFactory> wanted, ReportContext context, String name, Reporter screen) {
    EventFanOut reporters = new EventFanOut();
    reporters.addTeller(name, screen);
    for (ReporterFactory factory : wanted) {
      if (factory.type().equals(GITHUB)) {
        reporters.addTeller(factory.type(), factory.create(context));
      } else {
        reporters.add(factory.type(), factory.create(context));
      }
    }
    return reporters;
  }

  /// Return what Offload runs in.
  private static Surroundings surroundings(Path project, Console console) {
    return new Surroundings(System.getenv(), project.toAbsolutePath(), console::say);
  }
}
