package dev.offload.engine.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/// Read `env` tables.
///
/// @param environment the variables that their values may refer to
record EnvReader(Map<String, String> environment) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /// Return the variables in file order, expanded.
  SequencedMap<String, String> read(TomlSettings owner) {
    TomlSettings table = owner.table("env");
    SequencedMap<String, String> variables = new LinkedHashMap<>();
    owner
        .stringTable("env")
        .forEach((name, value) -> {
          if (!NAME.matcher(name).matches()) {
            table.problem(
                name,
                "is not a name for an environment variable; use letters, digits and `_`, and"
                    + " no digit first");
          }
          EnvExpansion expansion = EnvExpansion.of(value, environment);
          expansion.mistakes().forEach(mistake -> table.problem(name, mistake));
          variables.put(name, expansion.text());
        });
    return variables;
  }
}
