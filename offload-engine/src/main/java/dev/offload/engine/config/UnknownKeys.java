package dev.offload.engine.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Warn of the keys that nobody asked for, once all tables were read.
final class UnknownKeys {
  /// The first table in which each key is known.
  private final Map<String, TomlSettings> homes = new HashMap<>();

  private UnknownKeys() {}

  static void warn(TomlSettings root) {
    UnknownKeys unknown = new UnknownKeys();
    unknown.findHomes(root);
    unknown.warnIn(root);
  }

  private void findHomes(TomlSettings table) {
    if (!table.knowsEveryKey()) {
      table.asked().forEach(key -> homes.putIfAbsent(key, table));
    }
    table.children().forEach(this::findHomes);
  }

  private void warnIn(TomlSettings table) {
    for (String key : table.unknownKeys()) {
      String meant =
          NearestKey.of(key, table.asked())
              .map(near -> "; did you mean `" + near + "`?")
              .or(() -> elsewhere(key))
              .orElse("");
      table.warning(key, "is not a key that Offload knows and is ignored" + meant);
    }
    table.children().forEach(this::warnIn);
  }

  private Optional<String> elsewhere(String key) {
    return Optional.ofNullable(homes.get(key))
        .map(home -> "; there is such a key in " + home.name());
  }
}
