package dev.offload.provider.process;

import dev.offload.api.settings.CacheFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Put scripts that ship inside Offload where other programs can run them: in a folder of the
/// user's cache that is named after their content, so that versions of Offload do not overwrite
/// each other's.
public final class ShippedScripts {
  private ShippedScripts() {}

  /// Put scripts that belong together into one folder of the user's cache, and return it.
  ///
  /// @param resources the resource folder that holds them
  /// @param names their names
  public static Path place(String resources, List<String> names) throws IOException {
    return place(resources, names, CacheFolder.locate().resolve("scripts"));
  }

  /// Put scripts that belong together into one folder under `cache`, or under a temporary one when
  /// that cannot be written.
  public static Path place(String resources, List<String> names, Path cache) throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    for (String name : names) {
      contents.put(name, read(resources + "/" + name));
    }
    try {
      return write(cache, contents);
    } catch (IOException _) {
      return write(Files.createTempDirectory("offload-scripts-"), contents);
    }
  }

  private static byte[] read(String resource) throws IOException {
    try (@Nullable InputStream in =
        ShippedScripts.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the bundled script '" + resource + "' is missing");
      }
      return in.readAllBytes();
    }
  }

  private static Path write(Path cache, Map<String, byte[]> contents) throws IOException {
    Path folder = Files.createDirectories(cache.resolve(hash(contents)));
    for (Map.Entry<String, byte[]> content : contents.entrySet()) {
      write(folder.resolve(content.getKey()), content.getValue());
    }
    return folder;
  }

  private static void write(Path script, byte[] content) throws IOException {
    if (Files.exists(script) && Arrays.equals(Files.readAllBytes(script), content)) {
      return;
    }
    Path part = Files.createTempFile(script.getParent(), script.getFileName().toString(), ".part");
    Files.write(part, content);
    Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(part, script, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String hash(Map<String, byte[]> contents) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      contents.values().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
