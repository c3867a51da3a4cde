package dev.offload.engine.config;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.engine.config.OffloadConfig.ProviderChoice;
import dev.offload.engine.config.OffloadConfig.RetrySettings;
import dev.offload.engine.config.OffloadConfig.SilenceSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Read `[provider]`: what is the same for every provider here, the rest through its factory.
///
/// @param factories every provider there is
/// @param env reads `env` tables
/// @param overrides what the command line says over the file
record ProviderReader(List<ProviderFactory> factories, EnvReader env, ConfigOverrides overrides) {

  /// Return the provider, or nothing when that is an error.
  Optional<ProviderChoice> read(TomlSettings root, ProviderContext context) {
    TomlSettings table = root.table("provider");
    Map<String, String> variables = variables(table, context.sandboxProjectRoot());
    RetrySettings retry = retry(table.table("retry"));
    SilenceSettings silence = silence(table);
    if (!root.has("provider")) {
      root.problem("provider", "is missing: it is a table that says where tests run");
      return Optional.empty();
    }
    return new FactoryChoice<>("provider", factories, ProviderFactory::type)
        .choose(table)
        .map(factory ->
            new ProviderChoice(
                factory.type(), factory.create(table, context), variables, retry, silence));
  }

  private Map<String, String> variables(TomlSettings table, String projectRoot) {
    SequencedMap<String, String> variables = new LinkedHashMap<>();
    variables.put("OFFLOAD_ROOT", projectRoot);
    variables.putAll(env.read(table));
    variables.putAll(overrides.env());
    return Collections.unmodifiableSequencedMap(variables);
  }

  private static RetrySettings retry(TomlSettings table) {
    Duration firstDelay = table.seconds("first_delay_secs", Duration.ofMillis(500));
    Duration maxDelay = table.seconds("max_delay_secs", longer(Duration.ofSeconds(8), firstDelay));
    if (maxDelay.compareTo(firstDelay) < 0) {
      table.problem("max_delay_secs", "must not be less than `first_delay_secs`");
    }
    return new RetrySettings(
        table.integer("attempts", 3, 1),
        firstDelay,
        maxDelay,
        table.seconds("deadline_secs", Duration.ofMinutes(2)),
        table.integer("start_budget", -1, -1));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }

  private static SilenceSettings silence(TomlSettings table) {
    Duration heartbeat = table.seconds("heartbeat_secs", Duration.ofSeconds(1));
    // A POSIX `sleep` knows whole seconds only.
    Duration beat = Duration.ofSeconds(heartbeat.plusNanos(999_999_999).toSeconds());
    Duration suspect = table.seconds("suspect_secs", beat.multipliedBy(3).dividedBy(2));
    Duration lost =
        table.seconds("lost_secs", longer(beat.multipliedBy(5), suspect.multipliedBy(2)));
    if (suspect.compareTo(heartbeat) <= 0) {
      table.problem("suspect_secs", "must be greater than `heartbeat_secs`");
    }
    if (lost.compareTo(suspect) <= 0) {
      table.problem("lost_secs", "must be greater than `suspect_secs`");
    }
    return new SilenceSettings(heartbeat, suspect, lost);
  }
}
