package dev.offload.api.report;

import java.nio.file.Path;

/// Tell a reporter where to write.
///
/// @param outputDirectory `[report] output_dir`, absolute; exists and is writable
/// @param junit `[report] junit`
/// @param junitFile `[report] junit_file`
public record ReportContext(Path outputDirectory, boolean junit, String junitFile) {}
