package dev.offload.engine.discovery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Make a short text of many values, another one when any of them changes.
final class Sum {
  private final MessageDigest digest;

  Sum() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_16BE);
    add(bytes.length);
    digest.update(bytes);
  }

  void add(long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
  }

  /// Add the first bytes of a buffer. Where more is added than the content of one file, their
  /// number must have been added, too.
  void add(byte[] buffer, int length) {
    digest.update(buffer, 0, length);
  }

  /// Return the sum, in hexadecimal digits. Nothing can be added afterwards.
  String text() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
