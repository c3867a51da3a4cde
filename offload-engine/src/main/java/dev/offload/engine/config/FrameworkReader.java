package dev.offload.engine.config;

import dev.offload.api.framework.FrameworkFactory;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.config.OffloadConfig.WarmSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Read `[framework]` and `[frameworks.NAME]`.
///
/// @param factories every framework there is
/// @param env reads `env` tables
record FrameworkReader(List<FrameworkFactory> factories, EnvReader env) {

  /// Return the frameworks by name, in file order after `[framework]`; one that is wrong has its
  /// name here and nothing else.
  SequencedMap<String, Optional<FrameworkChoice>> read(TomlSettings root) {
    SequencedMap<String, Optional<FrameworkChoice>> choices = new LinkedHashMap<>();
    if (root.has("framework")) {
      choices.put(OffloadConfig.DEFAULT_FRAMEWORK, choose(root.table("framework")));
    }
    TomlSettings named = root.table("frameworks");
    named.knowEveryKey();
    for (String name : named.keys()) {
      if (name.equals(OffloadConfig.DEFAULT_FRAMEWORK)) {
        named.problem(name, "has the name that belongs to [framework]; give it another one");
      }
      choices.putIfAbsent(name, choose(named.table(name)));
    }
    if (choices.isEmpty()) {
      root.problem(
          "framework", "is missing: it is a table that says what the tests are written in");
    }
    return Collections.unmodifiableSequencedMap(choices);
  }

  private Optional<FrameworkChoice> choose(TomlSettings table) {
    Map<String, String> variables = Collections.unmodifiableSequencedMap(env.read(table));
    WarmSettings warm = warm(table);
    return new FactoryChoice<>("framework", factories, FrameworkFactory::type)
        .choose(table)
        .map(
            factory -> new FrameworkChoice(factory.type(), factory.create(table), variables, warm));
  }

  private static WarmSettings warm(TomlSettings table) {
    WarmSettings fallback = WarmSettings.DEFAULT;
    return new WarmSettings(
        table.bool("warm", fallback.enabled()),
        table.integer("recycle_after_tests", fallback.recycleAfterTests(), 0),
        table.integer("recycle_above_mb", fallback.recycleAboveMb(), 0));
  }
}
