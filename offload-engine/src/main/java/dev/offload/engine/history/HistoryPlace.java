package dev.offload.engine.history;

import dev.offload.engine.config.OffloadConfig;
import java.nio.file.Path;
import java.util.HexFormat;

/// Say where a project's history is: where `[history]` says, else in the user's cache.
public final class HistoryPlace {
  /// The samples kept of each outcome of a test in a history of the user's own.
  private static final int OWN_CAPACITY = 10;

  private final OffloadConfig config;
  private final Path cache;

  /// Name a project.
  ///
  /// @param cache the user's cache folder
  public HistoryPlace(OffloadConfig config, Path cache) {
    this.config = config;
    this.cache = cache;
  }

  /// Return the one history of this project.
  public HistoryFile file() {
    Path own = cache.resolve("history").resolve(project() + ".jsonl");
    return new HistoryFile(
        config.history().map(OffloadConfig.HistorySettings::path).orElse(own), locks(cache));
  }

  /// Return where the locks of histories are.
  public static Path locks(Path cache) {
    return cache.resolve("locks");
  }

  /// Return what is remembered of the costs beside the tests.
  ///
  /// @param frameworks the types of the project's frameworks
  public CostFile costs(String frameworks) {
    String name = project() + "-" + config.provider().type() + "-" + frameworks;
    return new CostFile(cache.resolve("costs"), safe(name));
  }

  /// Return the first part of the keys of this project's tests.
  public String configName() {
    Path name = config.file().getFileName();
    return name == null ? config.file().toString() : name.toString();
  }

  /// Return how many samples to keep of each outcome of a test.
  public int capacity() {
    return config.history().map(OffloadConfig.HistorySettings::reservoirSize).orElse(OWN_CAPACITY);
  }

  private String project() {
    Path name = config.projectDirectory().getFileName();
    String directory = config.projectDirectory().toString();
    return safe(name == null ? "root" : name.toString())
        + "-"
        + HexFormat.of().toHexDigits(directory.hashCode());
  }

  private static String safe(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]+", "_");
  }
}
