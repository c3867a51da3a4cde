package dev.offload.engine.dispatch;

import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Own what is believed about time, in seconds: how long tests take, what a batch costs beside its
/// tests, how long a sandbox takes to start. Beliefs come from the plan and get better as the run
/// measures.
final class Estimates {
  /// What a test is believed to take when nothing at all is known.
  private static final double UNKNOWN = 1.0;

  private static final double NEWEST_WEIGHT = 0.2;

  private final double[] known;
  private final int[] groupOf;
  private final Group[] groups;
  private double longestKnown;
  private double knownExpected;
  private double knownMeasured;
  private final OverheadFit overhead;
  private final double[] high;
  private double startUp;
  private boolean startUpMeasured;

  Estimates(List<PlannedTest> tests, Costs costs) {
    overhead = new OverheadFit(seconds(costs.batch().toNanos()), seconds(costs.file().toNanos()));
    startUp = seconds(costs.startUp().toNanos());
    high = new double[tests.size()];
    known = new double[tests.size()];
    groupOf = new int[tests.size()];
    Map<String, Integer> numbers = new HashMap<>();
    for (int test = 0; test < known.length; test++) {
      PlannedTest planned = tests.get(test);
      known[test] = planned.expected().isNegative() ? -1 : seconds(planned.expected().toNanos());
      high[test] = Math.max(known[test], seconds(planned.high().toNanos()));
      longestKnown = Math.max(longestKnown, known[test]);
      groupOf[test] = numbers.computeIfAbsent(planned.group(), _ -> numbers.size());
    }
    groups = new Group[numbers.size()];
    Arrays.setAll(groups, this::group);
  }

  static double seconds(long nanos) {
    return nanos / 1e9;
  }

  private Group group(int number) {
    double[] inGroup = new double[known.length];
    int count = 0;
    for (int test = 0; test < known.length; test++) {
      if (groupOf[test] == number && known[test] >= 0) {
        inGroup[count++] = known[test];
      }
    }
    return new Group(Arrays.copyOf(inGroup, count));
  }

  boolean isKnown(int test) {
    return known[test] >= 0;
  }

  int groups() {
    return groups.length;
  }

  int groupOf(int test) {
    return groupOf[test];
  }

  /// Return the time a test is expected to take, on this run's machines.
  double work(int test) {
    return known[test] >= 0 ? known[test] * scale() : unknownWork(groupOf[test]);
  }

  /// Return the longest time any test is expected to take that is not unknown.
  double longestKnown() {
    return longestKnown * scale();
  }

  /// Return the time a test of a group is expected to take of which nothing is known.
  double unknownWork(int group) {
    return groups[group].mean(this);
  }

  /// Return the key by which long tests go out first: the expectation, or for a test never seen the
  /// P99 of its group; negative when its group tells nothing.
  double rank(int test) {
    return known[test] >= 0 ? known[test] : groups[groupOf[test]].p99;
  }

  /// Return the time up to which a test is not surprising.
  double unsurprising(int test) {
    return known[test] >= 0 ? high[test] * scale() : groups[groupOf[test]].high(this);
  }

  /// Return how much slower this run is than what the expectations were measured on.
  double scale() {
    // A tenth of a second of prior belief keeps the first, tiny tests from deciding.
    return (knownMeasured + 0.1) / (knownExpected + 0.1);
  }

  /// Take the measured time of a passed test.
  void measured(int test, double seconds) {
    if (known[test] >= 0) {
      knownExpected += known[test];
      knownMeasured += seconds;
    } else {
      groups[groupOf[test]].measured(seconds);
    }
  }

  /// Return what a batch costs beside its tests, if these are of one file.
  double overhead() {
    return overhead.batch() + overhead.file();
  }

  /// Return what each further file of a batch costs beside its tests.
  double fileOverhead() {
    return overhead.file();
  }

  /// Take what a batch cost beside its tests.
  ///
  /// @param files the number of their files
  void measuredOverhead(int files, double seconds) {
    overhead.measured(files, seconds);
  }

  /// Return what is believed now of costs beside the tests.
  Costs costs(double lossRate) {
    return new Costs(
        duration(startUp), duration(overhead.batch()), duration(overhead.file()), lossRate);
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  /// Return how long a sandbox takes to start; zero until that is known.
  double startUp() {
    return startUp;
  }

  void measuredStartUp(double seconds) {
    startUp = startUpMeasured ? blend(startUp, seconds) : seconds;
    startUpMeasured = true;
  }

  private static double blend(double old, double newest) {
    return old + NEWEST_WEIGHT * (newest - old);
  }

  private double anyMean() {
    double sum = 0;
    int count = 0;
    for (Group group : groups) {
      sum += group.sum;
      count += group.count;
    }
    return count == 0 ? UNKNOWN : sum / count;
  }

  /// What is known of one group: what the plan says of its known tests, and what was measured of
  /// its unknown ones.
  private static final class Group {
    private final double p99;
    private final double priorMean;
    private double sum;
    private double squares;
    private int count;

    Group(double[] planned) {
      Arrays.sort(planned);
      p99 = planned.length == 0 ? -1 : planned[(int) ((planned.length - 1) * 0.99)];
      priorMean = Arrays.stream(planned).average().orElse(-1);
    }

    void measured(double seconds) {
      sum += seconds;
      squares += seconds * seconds;
      count++;
    }

    double mean(Estimates all) {
      if (count > 0) {
        return sum / count;
      }
      return priorMean >= 0 ? priorMean : all.anyMean();
    }

    double high(Estimates all) {
      double mean = mean(all);
      if (count == 0) {
        return Math.max(p99, mean);
      }
      return mean + 2 * Math.sqrt(Math.max(0, squares / count - mean * mean));
    }
  }
}
