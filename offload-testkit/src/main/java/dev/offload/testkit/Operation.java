package dev.offload.testkit;

/// Name an operation of a provider or a sandbox.
public enum Operation {
  /// [dev.offload.api.sandbox.SandboxProvider#prepare].
  PREPARE,
  /// [dev.offload.api.sandbox.SandboxProvider#start].
  START,
  /// [dev.offload.api.sandbox.Sandbox#run].
  RUN,
  /// [dev.offload.api.sandbox.Sandbox#upload].
  UPLOAD,
  /// [dev.offload.api.sandbox.Sandbox#download].
  DOWNLOAD,
  /// [dev.offload.api.sandbox.Sandbox#poll].
  POLL,
  /// [dev.offload.api.sandbox.Sandbox#close].
  CLOSE
}
