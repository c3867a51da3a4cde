package dev.offload.engine.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Read paths that refer to the project directory.
final class ProjectPath {
  private ProjectPath() {}

  /// Return the absolute path a key names, or `fallback` when it is absent or wrong.
  static Path read(TomlSettings settings, String key, String fallback, Path project) {
    try {
      return project.resolve(settings.string(key, fallback)).normalize();
    } catch (InvalidPathException e) {
      settings.problem(
          key, "is not a path on this machine (" + e.getReason() + "); is the locale UTF-8?");
      return project.resolve(fallback);
    }
  }
}
