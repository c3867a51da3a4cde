package dev.offload.cli;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Name runs.
final class RunId {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private RunId() {}

  /// Return a name no other run has, which sorts by time: `20261123-194512-3f9a`.
  static String next() {
    return TIME.format(Instant.now()) + "-%04x".formatted(new SecureRandom().nextInt(1 << 16));
  }
}
