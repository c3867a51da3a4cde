package dev.offload.api.sandbox;

/// Say what one sandbox costs while it lives.
///
/// @param usdPerSecond in US dollars
/// @param basis what that is for and as of when, for people: `2 cores, 4 GiB; prices of May 2026`
public record SandboxPrice(double usdPerSecond, String basis) {}
