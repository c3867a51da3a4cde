package dev.offload.api.report;

import java.nio.file.Path;

/// Tell a reporter where to write.
///
/// @param outputDirectory `[report] output_dir`, absolute; exists and is writable
/// @param junit `[report] junit`
/// @param junitFile `[report] junit_file`
/// @param surroundings what Offload runs in
/// @param history what is remembered of earlier runs
public record ReportContext(
    Path outputDirectory,
    boolean junit,
    String junitFile,
    Surroundings surroundings,
    TestHistory history) {
  /// Make one for a report that is made of the events alone.
  public ReportContext(Path outputDirectory, boolean junit, String junitFile) {
    this(outputDirectory, junit, junitFile, Surroundings.NONE, TestHistory.NONE);
  }
}
