package dev.offload.api.report;

/// Make a reporter. Found by `ServiceLoader`.
public interface ReporterFactory {
  /// Return the word that names this report, for example in `offload report --format`.
  String type();

  /// Return whether this report is written without being asked for, under the given settings.
  boolean onByDefault(ReportContext context);

  /// Make the reporter. Nothing is written yet.
  Reporter create(ReportContext context);
}
