package dev.offload.api.sandbox;

/// Name what sandboxes are started from.
///
/// @param id the provider's name for it; empty when the provider has no images
public record SandboxImage(String id) {
  /// The image of a provider that has none.
  public static final SandboxImage NONE = new SandboxImage("");
}
