package dev.offload.engine.config;

import java.util.List;
import java.util.stream.Collectors;

/// Report that a configuration cannot be used; all its errors at once.
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;
  private final transient List<ConfigProblem> errors;
  private final transient List<ConfigProblem> warnings;

  /// Make it from at least one error, and the warnings beside them.
  public ConfigException(List<ConfigProblem> errors, List<ConfigProblem> warnings) {
    super(errors.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
    this.errors = List.copyOf(errors);
    this.warnings = List.copyOf(warnings);
  }

  /// Return the errors in file order.
  public List<ConfigProblem> errors() {
    return errors;
  }

  /// Return the warnings in file order.
  public List<ConfigProblem> warnings() {
    return warnings;
  }
}
