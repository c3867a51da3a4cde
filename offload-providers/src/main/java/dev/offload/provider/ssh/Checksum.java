package dev.offload.provider.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Hold what POSIX `cksum` says of a file, so that both ends of a connection can compare what they
/// have with nothing but what every host has.
///
/// @param crc the check sum as the standard defines it (polynomial 0x04C11DB7, the length appended)
/// @param size in bytes
record Checksum(long crc, long size) {
  private static final int POLYNOMIAL = 0x04C11DB7;
  private static final int[] TABLE = table();

  /// Read a file whole.
  static Checksum of(Path file) throws IOException {
    int crc = 0;
    long size = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
        for (int i = 0; i < length; i++) {
          crc = next(crc, buffer[i]);
        }
        size += length;
      }
    }
    for (long left = size; left != 0; left >>>= 8) {
      crc = next(crc, (byte) left);
    }
    return new Checksum(~crc & 0xffff_ffffL, size);
  }

  private static int next(int crc, byte value) {
    return (crc << 8) ^ TABLE[((crc >>> 24) ^ value) & 0xff];
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL : 0);
      }
      table[i] = crc;
    }
    return table;
  }
}
