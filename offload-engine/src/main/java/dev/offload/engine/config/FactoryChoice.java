package dev.offload.engine.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Choose a factory by the `type` of a table.
///
/// @param <F> the kind of factory
/// @param what `provider` or `framework`
/// @param factories every one there is
/// @param typeOf how to ask one for its type
record FactoryChoice<F>(String what, List<F> factories, Function<F, String> typeOf) {

  /// Return the factory the table asks for; when there is none, report it and nothing further about
  /// this table, since only the factory knows its keys.
  Optional<F> choose(TomlSettings table) {
    boolean missing = !table.has("type");
    Optional<String> type = table.string("type");
    Optional<F> factory = type.flatMap(this::find);
    if (factory.isEmpty()) {
      table.knowEveryKey();
    }
    if (missing) {
      table.problem("type", "is missing; it is one of " + known());
    } else if (type.isPresent() && factory.isEmpty()) {
      table.problem("type", unknown(type.get()));
    }
    return factory;
  }

  private Optional<F> find(String type) {
    return factories.stream().filter(factory -> typeOf.apply(factory).equals(type)).findFirst();
  }

  private String unknown(String type) {
    String meant =
        NearestKey.of(type, types()).map(near -> "; did you mean \"" + near + "\"?").orElse("");
    return "is \"" + type + "\", but a " + what + " is one of " + known() + meant;
  }

  private String known() {
    return String.join(", ", types());
  }

  private List<String> types() {
    return factories.stream().map(typeOf).sorted().toList();
  }
}
