package dev.offload.api.report;

import java.nio.file.Path;

/// Tell a reporter where to write.
///
/// @param outputDirectory `[report] output_dir`, absolute; exists and is writable
/// @param junit `[report] junit`
/// @param junitFile `[report] junit_file`
/// @param surroundings what Offload runs in
public record ReportContext(
    Path outputDirectory, boolean junit, String junitFile, Surroundings surroundings) {
  /// Make one for a report that is only written to a file.
  public ReportContext(Path outputDirectory, boolean junit, String junitFile) {
    this(outputDirectory, junit, junitFile, Surroundings.NONE);
  }
}
