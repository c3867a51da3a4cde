package dev.offload.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import dev.offload.engine.discovery.TestCatalog;
import dev.offload.engine.shard.Shard.By;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardPlanTest {
  private static final GroupSettings GROUP =
      new GroupSettings("all", "default", 0, "", false, Duration.ofMinutes(1));

  /// Ten tests in each file.
  private static TestCatalog catalog(int tests) {
    List<TestCase> cases =
        IntStream.range(0, tests)
            .mapToObj(i -> new TestCase(new TestId("t" + i), "all", "f" + i / 10, 0, "t" + i))
            .toList();
    return new TestCatalog(
        List.of(
            new TestCatalog.Group(
                GROUP, cases, List.of(new CollectionError("bad", "bad", "", "")))),
        List.of());
  }

  private static List<ShardPlan> cut(
      TestCatalog whole, int count, By by, Map<String, Duration> durations) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(index -> ShardPlan.of(whole, new Shard(index, count, by), durations))
        .toList();
  }

  private static Map<String, Duration> durations(int tests) {
    return IntStream.range(0, tests)
        .boxed()
        .collect(Collectors.toMap(i -> "t" + i, i -> Duration.ofMillis(100 + i * 37 % 1000)));
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void everyTestIsInExactlyOneShard(By by) {
    TestCatalog whole = catalog(103);
    for (int count : new int[] {1, 2, 5, 104, 200}) {
      List<TestId> all = new ArrayList<>();
      List<ShardPlan> plans = cut(whole, count, by, durations(50));
      plans.forEach(plan -> all.addAll(plan.catalog().ids()));
      assertThat(all).containsExactlyInAnyOrderElementsOf(whole.ids());
      assertThat(plans)
          .extracting(ShardPlan::fingerprint)
          .containsOnly(plans.getFirst().fingerprint());
      assertThat(plans).extracting(ShardPlan::suiteSize).containsOnly(104);
    }
  }

  @Test
  void byCountTheShardsAreOfEqualSizeAndNeighboursStayTogether() {
    List<ShardPlan> plans = cut(catalog(99), 5, By.COUNT, Map.of());

    assertThat(plans).extracting(plan -> plan.catalog().size()).containsOnly(20);
    assertThat(plans.get(1).catalog().ids().getFirst()).isEqualTo(new TestId("t20"));
  }

  @Test
  void byDurationTheShardsTakeEquallyLong() {
    Map<String, Duration> durations = durations(500);
    List<ShardPlan> plans = cut(catalog(500), 4, By.DURATION, durations);

    List<Long> loads =
        plans.stream()
            .map(plan ->
                plan.catalog().ids().stream()
                    .mapToLong(id -> durations.getOrDefault(id.value(), Duration.ZERO).toMillis())
                    .sum())
            .toList();
    long mean = loads.stream().mapToLong(Long::longValue).sum() / 4;
    assertThat(loads)
        .allSatisfy(load -> assertThat(load).isBetween(mean * 95 / 100, mean * 105 / 100));
  }

  @Test
  void oneLongFileIsSharedOut() {
    TestCatalog whole = catalog(10);
    List<ShardPlan> plans = cut(whole, 5, By.DURATION, durations(10));

    assertThat(plans).allSatisfy(plan -> assertThat(plan.catalog().size()).isPositive());
  }

  @Test
  void anotherListOrOtherDurationsGiveAnotherFingerprint() {
    String one = cut(catalog(100), 3, By.DURATION, durations(100)).getFirst().fingerprint();

    assertThat(cut(catalog(99), 3, By.DURATION, durations(100)).getFirst().fingerprint())
        .isNotEqualTo(one);
    assertThat(cut(catalog(100), 3, By.DURATION, durations(40)).getFirst().fingerprint())
        .isNotEqualTo(one);
    assertThat(cut(catalog(100), 3, By.DURATION, durations(100)).getLast().fingerprint())
        .isEqualTo(one);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "0/3", "4/3", "a/b", "1/2/3", "-1/2", "1/0", "1/9999999999"})
  void whatIsNoShardIsRefused(String text) {
    assertThat(Shard.parse(text, By.COUNT)).isEmpty();
  }

  @Test
  void aShardIsReadAsItIsWritten() {
    assertThat(Shard.parse("2/5", By.COUNT)).hasToString("Optional[2/5]");
  }
}
