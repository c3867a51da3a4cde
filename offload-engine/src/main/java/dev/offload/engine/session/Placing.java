package dev.offload.engine.session;

import dev.offload.api.framework.PlacedFile;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Put small files where a command in a sandbox finds them.
final class Placing {
  private Placing() {}

  /// Place one file.
  ///
  /// @param folder the private folder of the command
  static void place(Sandbox sandbox, String folder, PlacedFile file)
      throws SandboxException, InterruptedException {
    try {
      Path local = Files.createTempFile("offload-", ".placed");
      try {
        Files.write(local, file.bytes());
        sandbox.upload(local, folder + "/" + file.name());
      } finally {
        Files.deleteIfExists(local);
      }
    } catch (IOException e) {
      throw new SandboxException.Fatal("a temporary file cannot be written: " + e, e);
    }
  }
}
