package dev.offload.report.github;

import dev.offload.api.report.ReportContext;
import dev.offload.api.report.Reporter;
import dev.offload.api.report.ReporterFactory;
import java.util.UUID;

/// Make [GithubReporter]s.
public final class GithubReporterFactory implements ReporterFactory {
  /// Called by `ServiceLoader`.
  public GithubReporterFactory() {}

  @Override
  public String type() {
    return "github";
  }

  @Override
  public boolean onByDefault(ReportContext context) {
    return context.surroundings().variable("GITHUB_ACTIONS").equals("true");
  }

  @Override
  public Reporter create(ReportContext context) {
    return new GithubReporter(context.surroundings(), UUID.randomUUID().toString());
  }
}
