package dev.offload.api.settings;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// Say where files are kept on this machine that can be made again, for all runs of this user.
///
/// It is the value of `OFFLOAD_CACHE_DIR` where that is set; else the folder `offload` in
/// `XDG_CACHE_HOME`, in `~/Library/Caches` on macOS, or in `~/.cache`.
public final class CacheFolder {
  private CacheFolder() {}

  /// Return the absolute path of the folder, which may not exist yet.
  public static Path locate() {
    return locate(
        System.getenv(), Path.of(System.getProperty("user.home")), System.getProperty("os.name"));
  }

  static Path locate(Map<String, String> environment, Path home, String system) {
    String own = environment.getOrDefault("OFFLOAD_CACHE_DIR", "");
    if (!own.isEmpty()) {
      return Path.of(own).toAbsolutePath();
    }
    Path shared = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    if (shared.isAbsolute()) { // the XDG specification wants relative paths to be ignored
      return shared.resolve("offload");
    }
    boolean mac = system.toLowerCase(Locale.ROOT).startsWith("mac");
    return home.resolve(mac ? "Library/Caches" : ".cache").resolve("offload");
  }
}
