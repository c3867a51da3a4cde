package dev.offload.api.report;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/// Tell a report that speaks to a CI service what it runs in.
///
/// @param environment the variables of the process
/// @param project the folder that the files of tests are relative to, absolute
/// @param lines takes one line for the log of the process; nothing else than lines of a CI service
///   belongs there
public record Surroundings(Map<String, String> environment, Path project, Consumer<String> lines) {
  /// No CI service.
  public static final Surroundings NONE = new Surroundings(Map.of(), Path.of(""), _ -> {});

  /// Copy.
  public Surroundings {
    environment = Map.copyOf(environment);
  }

  /// Return a variable, or an empty text when it is not set.
  public String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
