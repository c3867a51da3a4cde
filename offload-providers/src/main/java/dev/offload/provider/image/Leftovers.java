package dev.offload.provider.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// Know the folders that runs and tools leave behind in a project: Offload's output, `__pycache__`,
/// `.pytest_cache`. They are no part of it: what is copied to a sandbox leaves them out, so that a
/// run does not change what the next one is made from, and nothing is read while it is written.
public final class Leftovers {
  /// Every folder that Offload writes to has a file of this name.
  private static final String OFFLOAD_MARK = ".offload-run";

  private static final Set<String> NAMES = Set.of("__pycache__", ".pytest_cache");

  private Leftovers() {}

  /// Return whether a folder is one.
  public static boolean isOne(Path folder) {
    return NAMES.contains(String.valueOf(folder.getFileName()))
        || Files.exists(folder.resolve(OFFLOAD_MARK));
  }
}
