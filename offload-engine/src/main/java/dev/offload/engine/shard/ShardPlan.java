package dev.offload.engine.shard;

import dev.offload.api.event.RunEvent;
import dev.offload.api.framework.Discovery.CollectionError;
import dev.offload.api.test.TestCase;
import dev.offload.engine.discovery.TestCatalog;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Cut a suite into shards: every test, and everything that cannot be collected, is in exactly one.
///
/// The cut depends on nothing but the catalog, the number of shards and, when it is by duration,
/// the durations: machines that know the same make the same cut.
///
/// @param shard which part is wanted
/// @param catalog its tests
/// @param suiteSize the number of tests of all parts
/// @param fingerprint names the cut
public record ShardPlan(Shard shard, TestCatalog catalog, int suiteSize, String fingerprint) {

  /// What is given to a shard as a whole.
  private record Unit(List<Integer> items, double seconds) {}

  /// Cut.
  ///
  /// @param durations how long tests took, by id; only used for a cut by duration
  public static ShardPlan of(TestCatalog whole, Shard shard, Map<String, Duration> durations) {
    List<Item> items = items(whole);
    int[] homes =
        switch (shard.by()) {
          case COUNT -> byCount(items.size(), shard.count());
          case DURATION -> byDuration(items, shard.count(), durations);
        };
    return new ShardPlan(
        shard, part(whole, homes, shard.index() - 1), items.size(), fingerprint(items, homes));
  }

  /// Return what a run of this shard tells.
  public RunEvent.ShardSelected event() {
    return new RunEvent.ShardSelected(shard.index(), shard.count(), suiteSize, fingerprint);
  }

  /// A test, or something that cannot be collected.
  private record Item(String id, String neighbours) {}

  private static List<Item> items(TestCatalog catalog) {
    List<Item> items = new ArrayList<>();
    for (TestCatalog.Group group : catalog.groups()) {
      String name = group.settings().name();
      for (TestCase test : group.tests()) {
        String file = test.file().isEmpty() ? test.id().value() : test.file();
        items.add(new Item(test.id().value(), name + "\0" + file));
      }
      for (CollectionError error : group.errors()) {
        items.add(new Item(error.name(), name + "\0" + error.name()));
      }
    }
    return items;
  }

  private static TestCatalog part(TestCatalog whole, int[] homes, int wanted) {
    List<TestCatalog.Group> groups = new ArrayList<>();
    int item = 0;
    for (TestCatalog.Group group : whole.groups()) {
      List<TestCase> tests = new ArrayList<>();
      for (TestCase test : group.tests()) {
        if (homes[item++] == wanted) {
          tests.add(test);
        }
      }
      List<CollectionError> errors = new ArrayList<>();
      for (CollectionError error : group.errors()) {
        if (homes[item++] == wanted) {
          errors.add(error);
        }
      }
      groups.add(new TestCatalog.Group(group.settings(), tests, errors));
    }
    return new TestCatalog(groups, whole.warnings());
  }

  /// Cut the list into stretches of equal length, so that neighbours stay together.
  private static int[] byCount(int items, int shards) {
    int[] homes = new int[items];
    for (int item = 0; item < items; item++) {
      homes[item] = (int) ((long) item * shards / items);
    }
    return homes;
  }

  /// Give file after file, the longest first, to the shard that has least; a file that is longer
  /// than a quarter of a shard is given test by test.
  private static int[] byDuration(List<Item> items, int shards, Map<String, Duration> durations) {
    double[] seconds = seconds(items, durations);
    double total = 0;
    for (double each : seconds) {
      total += each;
    }
    List<Unit> units = new ArrayList<>();
    for (List<Integer> file : files(items)) {
      double sum = file.stream().mapToDouble(item -> seconds[item]).sum();
      if (sum > total / shards / 4) {
        file.forEach(item -> units.add(new Unit(List.of(item), seconds[item])));
      } else {
        units.add(new Unit(file, sum));
      }
    }
    units.sort(Comparator.comparingDouble(Unit::seconds).reversed());
    int[] homes = new int[items.size()];
    double[] loads = new double[shards];
    for (Unit unit : units) {
      int least = 0;
      for (int shard = 1; shard < shards; shard++) {
        least = loads[shard] < loads[least] ? shard : least;
      }
      loads[least] += unit.seconds();
      for (int item : unit.items()) {
        homes[item] = least;
      }
    }
    return homes;
  }

  /// Return what each item takes; one of which nothing is known takes as long as the average.
  private static double[] seconds(List<Item> items, Map<String, Duration> durations) {
    double known = 0;
    int count = 0;
    for (Item item : items) {
      Duration duration = durations.get(item.id());
      if (duration != null) {
        known += duration.toNanos() / 1e9;
        count++;
      }
    }
    double average = count == 0 ? 1 : Math.max(1e-6, known / count);
    return items.stream()
        .mapToDouble(item ->
            durations.containsKey(item.id())
                ? Math.max(1e-6, durations.get(item.id()).toNanos() / 1e9)
                : average)
        .toArray();
  }

  private static Iterable<List<Integer>> files(List<Item> items) {
    Map<String, List<Integer>> files = new LinkedHashMap<>();
    for (int item = 0; item < items.size(); item++) {
      files.computeIfAbsent(items.get(item).neighbours(), _ -> new ArrayList<>()).add(item);
    }
    return files.values();
  }

  private static String fingerprint(List<Item> items, int[] homes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int item = 0; item < homes.length; item++) {
        digest.update(
            (items.get(item).id() + "\0" + homes[item] + "\0").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
