package dev.offload.engine.config;

import dev.offload.engine.config.OffloadConfig.RunSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Read `[offload]`.
///
/// @param project the absolute project directory
/// @param overrides what the command line says over the file
/// @param problems takes what is wrong with the command line
record RunReader(Path project, ConfigOverrides overrides, ProblemList problems) {

  RunSettings read(TomlSettings root) {
    if (!root.has("offload")) {
      root.problem(
          "offload", "is missing: it is a table and needs `sandbox_project_root` at least");
    }
    TomlSettings offload = root.table("offload");
    SandboxRoots roots = SandboxRoots.read(offload, root.has("offload"));
    offload.string("post_patch_cmd");
    int collection = offload.integer("max_parallel_collection", 0, 0);
    return new RunSettings(
        maxParallel(offload),
        offload.seconds("test_timeout_secs", Duration.ofMinutes(15)),
        workingDirectory(offload),
        roots.repository(),
        roots.project(),
        offload.string("sandbox_init_cmd", ""),
        offload.string("setup_command", ""),
        offload.bool("impatiently_requeue_batches", true),
        collection == 0 ? Runtime.getRuntime().availableProcessors() : collection,
        offload.bool("discovery_cache", true));
  }

  private int maxParallel(TomlSettings offload) {
    int inFile = offload.integer("max_parallel", 10, 1);
    int chosen = overrides.maxParallel().orElse(inFile);
    if (chosen < 1) {
      problems.error(null, "--parallel must be at least 1, but is " + chosen);
      return inFile;
    }
    return chosen;
  }

  private Path workingDirectory(TomlSettings offload) {
    Path directory = ProjectPath.read(offload, "working_dir", "", project);
    if (offload.has("working_dir") && !Files.isDirectory(directory)) {
      offload.warning("working_dir", "names no directory: " + directory);
    }
    return directory;
  }

  /// Hold where things are in a sandbox; each of the two stands in for the other.
  private record SandboxRoots(String repository, String project) {
    static SandboxRoots read(TomlSettings offload, boolean present) {
      String repository = offload.string("sandbox_repo_root", "");
      String project = offload.string("sandbox_project_root", "");
      if (present && !offload.has("sandbox_repo_root") && !offload.has("sandbox_project_root")) {
        offload.problem(
            "sandbox_project_root",
            "is missing: say where the project is in a sandbox (or give `sandbox_repo_root`)");
      }
      return new SandboxRoots(
          repository.isEmpty() ? project : repository, project.isEmpty() ? repository : project);
    }
  }
}
