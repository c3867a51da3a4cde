package dev.offload.api.framework;

import dev.offload.api.settings.Settings;

/// Make a framework out of its table of the configuration. Found by `ServiceLoader`; listing
/// factories loads nothing heavy.
public interface FrameworkFactory {
  /// Return the word that selects this framework in `[framework] type`.
  String type();

  /// Read the settings, reporting every problem to them, and make the framework. Where a setting
  /// has a problem the framework is made all the same, with a default; it will not be used.
  TestFramework create(Settings settings);
}
