package dev.offload.engine;

import dev.offload.api.test.TestCase;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.history.Expectation;
import dev.offload.engine.history.Expectations;
import dev.offload.engine.shard.Shard;
import dev.offload.engine.shard.ShardPlan;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Cut a suite into shards by what is remembered of its tests.
public final class ShardCut {
  private ShardCut() {}

  /// Cut, for somebody who does not run the tests.
  public static ShardPlan of(OffloadConfig config, TestCatalog whole, Shard shard)
      throws InterruptedException {
    return of(new RunMemory(config, false), whole, shard);
  }

  static ShardPlan of(RunMemory memory, TestCatalog whole, Shard shard)
      throws InterruptedException {
    return switch (shard.by()) {
      case COUNT -> ShardPlan.of(whole, shard, Map.of());
      case DURATION -> ShardPlan.of(whole, shard, durations(memory, whole));
    };
  }

  private static Map<String, Duration> durations(RunMemory memory, TestCatalog whole)
      throws InterruptedException {
    List<TestCase> tests =
        whole.groups().stream().flatMap(group -> group.tests().stream()).toList();
    Expectations expectations = memory.remembered().about(tests);
    Map<String, Duration> durations = new HashMap<>();
    for (TestCase test : tests) {
      expectations
          .of(test)
          .map(Expectation::usual)
          .ifPresent(usual -> durations.put(test.id().value(), usual));
    }
    return durations;
  }
}
