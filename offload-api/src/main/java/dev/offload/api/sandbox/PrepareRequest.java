package dev.offload.api.sandbox;

/// Ask for an image.
///
/// @param useCache whether an image made earlier from the same inputs may be used
public record PrepareRequest(boolean useCache) {}
