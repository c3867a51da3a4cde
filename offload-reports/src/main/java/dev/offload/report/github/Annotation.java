package dev.offload.report.github;

/// Something to show at a place of the source.
///
/// @param level `error` or `warning`
/// @param file the file relative to the workspace, or empty for the whole step
/// @param line the one-based line, or 0 when it is not known
/// @param title one line
/// @param message one or more lines
record Annotation(String level, String file, int line, String title, String message) {}
