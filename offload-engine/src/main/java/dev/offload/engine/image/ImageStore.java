package dev.offload.engine.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// Remember which image was made from what, one small file for each, for all runs of this user.
///
/// Forgetting is harmless: the image is then made again. So nothing here fails.
///
/// @param folder where the files are; need not exist
public record ImageStore(Path folder) {
  private static final System.Logger LOG = System.getLogger(ImageStore.class.getName());

  /// Return the image that was made from this.
  ///
  /// @param key the text that names everything the image is made from
  Optional<String> find(String key) {
    try {
      return Optional.of(Files.readString(file(key)).strip()).filter(id -> !id.isEmpty());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Remember an image.
  void put(String key, String id) {
    try {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "image", ".part");
      Files.writeString(part, id + "\n");
      Files.move(
          part, file(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "an image is not remembered", e);
    }
  }

  private Path file(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return folder.resolve(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
