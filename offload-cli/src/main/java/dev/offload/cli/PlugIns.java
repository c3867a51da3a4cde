package dev.offload.cli;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.api.report.ReporterFactory;
import dev.offload.api.sandbox.ProviderFactory;
import java.util.List;
import java.util.ServiceLoader;

/// Find the providers, frameworks and reports on the class path.
final class PlugIns {
  private PlugIns() {}

  /// Return every provider there is.
  static List<ProviderFactory> providers() {
    return all(ProviderFactory.class);
  }

  /// Return every framework there is.
  static List<FrameworkFactory> frameworks() {
    return all(FrameworkFactory.class);
  }

  /// Return every report there is.
  static List<ReporterFactory> reports() {
    return all(ReporterFactory.class);
  }

  private static <T> List<T> all(Class<T> type) {
    return ServiceLoader.load(type).stream().map(ServiceLoader.Provider::get).toList();
  }
}
