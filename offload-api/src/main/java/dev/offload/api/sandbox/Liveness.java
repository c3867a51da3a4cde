package dev.offload.api.sandbox;

/// Answer the question whether a sandbox lives.
public sealed interface Liveness {
  /// It lives.
  record Alive() implements Liveness {}

  /// It is dead.
  ///
  /// @param death what is known of it
  record Dead(Death death) implements Liveness {}

  /// The provider cannot tell now.
  ///
  /// @param message why
  record Unknown(String message) implements Liveness {}
}
