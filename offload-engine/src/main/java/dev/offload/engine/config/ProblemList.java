package dev.offload.engine.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlPosition;

/// Collect what is wrong with one file, each thing once. Memory is bounded, whatever the file
/// holds.
final class ProblemList {
  private static final int SHOWN = 50;
  private static final int KEPT = 1_000;

  private final String file;
  private final Comparator<ConfigProblem> fileOrder;
  private final Kind errors = new Kind("errors");
  private final Kind warnings = new Kind("warnings");

  ProblemList(String file) {
    this.file = file;
    fileOrder =
        Comparator.comparingInt((ConfigProblem problem) -> problem.file().equals(file) ? 0 : 1)
            .thenComparing(ConfigProblem::file)
            .thenComparingInt(ConfigProblem::line)
            .thenComparingInt(ConfigProblem::column);
  }

  void error(@Nullable TomlPosition position, String message) {
    errors.add(problem(position, message));
  }

  void warning(@Nullable TomlPosition position, String message) {
    warnings.add(problem(position, message));
  }

  /// Add what is wrong with another file, to be shown behind what is wrong with this one.
  void include(ProblemList other) {
    other.errors.kept.forEach(errors::add);
    other.warnings.kept.forEach(warnings::add);
  }

  List<ConfigProblem> warnings() {
    return warnings.inFileOrder();
  }

  void throwIfErrors() throws ConfigException {
    if (errors.count > 0) {
      throw exception();
    }
  }

  ConfigException exception() {
    return new ConfigException(errors.inFileOrder(), warnings.inFileOrder());
  }

  /// Make the exception for something that is wrong with the file as a whole.
  ConfigException failure(String message) {
    error(null, message);
    return exception();
  }

  private ConfigProblem problem(@Nullable TomlPosition position, String message) {
    return position == null
        ? new ConfigProblem(file, 0, 0, message)
        : new ConfigProblem(file, position.line(), position.column(), message);
  }

  private final class Kind {
    private final String name;
    private final Set<ConfigProblem> kept = new LinkedHashSet<>();
    private int count;

    Kind(String name) {
      this.name = name;
    }

    void add(ConfigProblem problem) {
      if (kept.size() >= KEPT || kept.add(problem)) {
        count++;
      }
    }

    List<ConfigProblem> inFileOrder() {
      List<ConfigProblem> sorted =
          new ArrayList<>(kept.stream().sorted(fileOrder).limit(SHOWN).toList());
      if (count > SHOWN) {
        sorted.add(problem(null, "and " + (count - SHOWN) + " more " + name));
      }
      return sorted;
    }
  }
}
