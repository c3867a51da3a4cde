package dev.offload.engine.config;

import dev.offload.engine.config.OffloadConfig.ArtifactSettings;
import dev.offload.engine.config.OffloadConfig.HistorySettings;
import dev.offload.engine.config.OffloadConfig.ReportSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Read `[report]` and `[history]`.
///
/// @param project the absolute project directory
record OutputReader(Path project) {
  private static final String OUTPUT_DIRECTORY = "test-results";
  private static final String JUNIT_FILE = "junit.xml";

  ReportSettings report(TomlSettings table) {
    boolean junit = table.bool("junit", true);
    Path directory = ProjectPath.read(table, "output_dir", OUTPUT_DIRECTORY, project);
    if (isEmpty(table, "output_dir")) {
      table.warning("output_dir", "is empty; \"" + OUTPUT_DIRECTORY + "\" is used");
      directory = project.resolve(OUTPUT_DIRECTORY);
    }
    if (isEmpty(table, "junit_file") && junit) {
      table.warning("junit_file", "is empty; \"" + JUNIT_FILE + "\" is used");
    }
    return new ReportSettings(
        directory,
        junit,
        isEmpty(table, "junit_file") ? JUNIT_FILE : table.string("junit_file", JUNIT_FILE),
        artifacts(table));
  }

  private static ArtifactSettings artifacts(TomlSettings table) {
    List<String> globs = table.strings("download_globs");
    for (String glob : globs) {
      if (glob.startsWith("/") || glob.startsWith("../") || glob.contains("/../")) {
        table.warning(
            "download_globs",
            "has \""
                + glob
                + "\", which matches nothing: files are looked for below the working directory");
      }
    }
    return new ArtifactSettings(
        globs,
        table.bool("download_globs_failure_only", false),
        1_000_000L * table.integer("download_limit_mb", 100, 1));
  }

  Optional<HistorySettings> history(TomlSettings root) {
    TomlSettings table = root.table("history");
    HistorySettings history =
        new HistorySettings(
            recordAlways(table),
            ProjectPath.read(table, "path", "offload-history.jsonl", project),
            table.integer("reservoir_size", 20, 1),
            table.seconds("default_duration_secs", Duration.ofSeconds(1)));
    return root.has("history") ? Optional.of(history) : Optional.empty();
  }

  private static boolean recordAlways(TomlSettings table) {
    String when = table.string("record_history", "flag");
    if (!List.of("flag", "always").contains(when)) {
      table.problem("record_history", "is \"" + when + "\", but must be \"flag\" or \"always\"");
    }
    return when.equals("always");
  }

  private static boolean isEmpty(TomlSettings table, String key) {
    return table.has(key) && table.string(key, "x").isEmpty();
  }
}
