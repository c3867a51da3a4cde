package dev.offload.api.sandbox;

/// Describe one sandbox to start.
///
/// @param id its name within the run
/// @param runId the run it belongs to; providers label what they create with it
public record SandboxSpec(SandboxId id, String runId) {}
