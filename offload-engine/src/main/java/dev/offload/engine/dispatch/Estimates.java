package dev.offload.engine.dispatch;

import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Own what is believed about time, in seconds: how long tests take, what a batch costs beside its
/// tests, how long a sandbox takes to start. Beliefs come from the plan and get better as the run
/// measures.
final class Estimates {
  /// What a test is believed to take when nothing at all is known.
  private static final double UNKNOWN = 1.0;

  private static final double NEWEST_WEIGHT = 0.2;

  /// How many batches of this run count as much as what was learned of losses before it.
  private static final double LOSS_PRIOR = 200;

  /// About how long it takes until a loss is known, in seconds.
  private static final double LOSS_UNKNOWN = 2;

  private double[] known = new double[0];
  private int[] groupOf = new int[0];
  private int[] fileOf = new int[0];
  private final Map<String, Integer> groupNumbers = new HashMap<>();
  private final Map<FileName, Integer> fileNumbers = new HashMap<>();
  private final List<Group> groups = new ArrayList<>();
  private final List<FileTimes> files = new ArrayList<>();
  private final Set<Integer> measuredFiles = new LinkedHashSet<>();
  private double knownWaiting;
  private double triedWaiting;
  private int unknownWaiting;
  private double longestKnown;
  private double knownExpected;
  private double knownMeasured;
  private final OverheadFit overhead;
  private double[] high = new double[0];
  private double startUp;
  private boolean startUpMeasured;
  private double batches = LOSS_PRIOR;
  private double losses;

  Estimates(List<PlannedTest> tests, Costs costs) {
    overhead = new OverheadFit(seconds(costs.batch().toNanos()), seconds(costs.file().toNanos()));
    startUp = seconds(costs.startUp().toNanos());
    losses = LOSS_PRIOR * costs.lossRate();
    add(tests);
  }

  /// Take tests that follow those that are known.
  ///
  /// @param tests all of them
  void add(List<PlannedTest> tests) {
    int from = known.length;
    high = Arrays.copyOf(high, tests.size());
    known = Arrays.copyOf(known, tests.size());
    groupOf = Arrays.copyOf(groupOf, tests.size());
    fileOf = Arrays.copyOf(fileOf, tests.size());
    for (int test = from; test < known.length; test++) {
      PlannedTest planned = tests.get(test);
      known[test] = planned.expected().isNegative() ? -1 : seconds(planned.expected().toNanos());
      high[test] = Math.max(known[test], seconds(planned.high().toNanos()));
      longestKnown = Math.max(longestKnown, known[test]);
      groupOf[test] = groupNumbers.computeIfAbsent(planned.group(), _ -> groupNumbers.size());
      FileName file = new FileName(planned.group(), planned.file());
      fileOf[test] = fileNumbers.computeIfAbsent(file, _ -> fileNumbers.size());
    }
    while (files.size() < fileNumbers.size()) {
      files.add(new FileTimes());
    }
    while (groups.size() < groupNumbers.size()) {
      groups.add(new Group());
    }
    for (int number = 0; number < groups.size(); number++) {
      groups.get(number).plan(plannedOf(number));
    }
  }

  static double seconds(long nanos) {
    return nanos / 1e9;
  }

  /// Return the times that the plan expects of the tests of a group.
  private double[] plannedOf(int number) {
    double[] inGroup = new double[known.length];
    int count = 0;
    for (int test = 0; test < known.length; test++) {
      if (groupOf[test] == number && known[test] >= 0) {
        inGroup[count++] = known[test];
      }
    }
    return Arrays.copyOf(inGroup, count);
  }

  boolean isKnown(int test) {
    return known[test] >= 0;
  }

  /// Return the number of a test's file.
  int fileOf(int test) {
    return fileOf[test];
  }

  /// Return whether a test of a file was measured of which nothing was expected.
  boolean isMeasured(int file) {
    return files.get(file).count > 0;
  }

  /// Return by how much the tests of a file, of which nothing is expected, are to be preferred:
  /// what they may take, the more the less was measured of them.
  double fileScore(int file) {
    FileTimes times = files.get(file);
    return times.count == 0
        ? anyMean()
        : times.sum / times.count * (1 + 1 / Math.sqrt(times.count));
  }

  /// Return the files of which tests without an expectation were measured since this was called
  /// last.
  int[] takeMeasuredFiles() {
    int[] taken = measuredFiles.stream().mapToInt(Integer::intValue).toArray();
    measuredFiles.clear();
    return taken;
  }

  /// Note that a test waits (1) or does not any more (-1).
  void waits(int test, int change) {
    if (known[test] >= 0) {
      knownWaiting += change * known[test];
      return;
    }
    FileTimes file = files.get(fileOf[test]);
    unknownWaiting += change;
    file.waiting += change;
    if (file.count > 0) {
      triedWaiting += change * file.mean();
    } else {
      groups.get(groupOf[test]).untriedWaiting += change;
    }
  }

  /// Return how many tests wait of which nothing is expected.
  int unknownWaiting() {
    return unknownWaiting;
  }

  /// Return the work that waits, in seconds.
  double waitingWork() {
    double work = Math.max(0, knownWaiting) * scale() + Math.max(0, triedWaiting);
    for (Group group : groups) {
      if (group.untriedWaiting > 0) {
        work += group.untriedWaiting * group.mean(this);
      }
    }
    return work;
  }

  /// Return the time a test is expected to take, on this run's machines.
  double work(int test) {
    if (known[test] >= 0) {
      return known[test] * scale();
    }
    FileTimes file = files.get(fileOf[test]);
    return file.count > 0 ? file.mean() : groups.get(groupOf[test]).mean(this);
  }

  /// Return the longest time any test is expected to take that is not unknown.
  double longestKnown() {
    return longestKnown * scale();
  }

  /// Return the key by which long tests go out first: the longest time that would be no surprise,
  /// or for a test never seen the P99 of its group; negative when its group tells nothing.
  double rank(int test) {
    return known[test] >= 0 ? high[test] : groups.get(groupOf[test]).p99;
  }

  /// Return the time up to which a test is not surprising.
  double unsurprising(int test) {
    return known[test] >= 0 ? high[test] * scale() : groups.get(groupOf[test]).high(this);
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
      groups.get(groupOf[test]).measured(seconds);
      measuredOfFile(test, seconds);
    }
  }

  private void measuredOfFile(int test, double seconds) {
    FileTimes file = files.get(fileOf[test]);
    if (file.count == 0) {
      groups.get(groupOf[test]).untriedWaiting -= file.waiting;
    } else {
      triedWaiting -= file.waiting * file.mean();
    }
    file.sum += seconds;
    file.count++;
    triedWaiting += file.waiting * file.mean();
    measuredFiles.add(fileOf[test]);
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

  /// Note that a batch begins.
  void batchBegan() {
    batches++;
  }

  /// Note that a sandbox was lost.
  void sandboxLost() {
    losses++;
  }

  /// Return how likely a batch is to lose its sandbox.
  double lossRate() {
    return losses / batches;
  }

  /// Return what a batch costs beside its tests on average, the cost of losing its sandbox
  /// included.
  double expense() {
    return overhead() + lossRate() * (LOSS_UNKNOWN + startUp);
  }

  /// Return what is believed now of costs beside the tests.
  Costs costs() {
    return new Costs(
        duration(startUp), duration(overhead.batch()), duration(overhead.file()), lossRate());
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

  /// Name a file of one group.
  private record FileName(String group, String file) {}

  /// What was measured of the tests of one file of which nothing was expected.
  private static final class FileTimes {
    private double sum;
    private int count;
    private int waiting;

    double mean() {
      return sum / count;
    }
  }

  /// What is known of one group: what the plan says of its known tests, and what was measured of
  /// its unknown ones.
  private static final class Group {
    private double p99 = -1;
    private double priorMean = -1;
    private double sum;
    private double squares;
    private int count;
    private int untriedWaiting;

    void plan(double[] planned) {
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
