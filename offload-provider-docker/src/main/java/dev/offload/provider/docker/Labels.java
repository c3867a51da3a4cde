package dev.offload.provider.docker;

/// Name the labels by which Offload knows what it made. Nothing without them is ever touched.
final class Labels {
  /// On everything: what it is, `image` or `sandbox`.
  static final String OWNED = "dev.offload.owned";

  /// On containers: the run.
  static final String RUN = "dev.offload.run";

  /// On containers: the name of the sandbox within the run.
  static final String SANDBOX = "dev.offload.sandbox";

  /// On containers: the provider that watches them, a random text.
  static final String WATCHER = "dev.offload.watcher";

  private Labels() {}
}
