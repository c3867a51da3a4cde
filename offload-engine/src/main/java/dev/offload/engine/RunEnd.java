package dev.offload.engine;

import dev.offload.api.report.RunResults;

/// Say how a run ended.
///
/// @param exitCode the exit code of the command
/// @param results what is known of every test
public record RunEnd(int exitCode, RunResults results) {}
