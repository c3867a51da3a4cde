package dev.offload.api.sandbox;

import dev.offload.api.settings.Settings;

/// Make a provider out of its table of the configuration. Found by `ServiceLoader`; listing
/// factories loads nothing heavy.
public interface ProviderFactory {
  /// Return the word that selects this provider in `[provider] type`.
  String type();

  /// Read the settings, reporting every problem to them, and make the provider. MUST NOT start
  /// anything. Where a setting has a problem the provider is made all the same, with a default; it
  /// will not be used.
  SandboxProvider create(Settings settings, ProviderContext context);
}
