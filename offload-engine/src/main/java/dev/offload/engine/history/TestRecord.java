package dev.offload.engine.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is remembered of one test. The counts are of all its attempts, the samples only some.
///
/// @param attempts how often it was tried
/// @param failures how many of these failed
/// @param lastRun the run that tried it last
/// @param passes samples of attempts that passed, oldest first
/// @param fails samples of attempts that failed, oldest first
public record TestRecord(
    long attempts, long failures, String lastRun, List<Sample> passes, List<Sample> fails) {
  /// Nothing is remembered.
  static final TestRecord NONE = new TestRecord(0, 0, "", List.of(), List.of());

  /// Copy.
  public TestRecord {
    passes = List.copyOf(passes);
    fails = List.copyOf(fails);
  }

  /// Return the share of failed attempts, 0 to 1.
  public double failureRate() {
    return attempts == 0 ? 0 : (double) failures / attempts;
  }

  /// Return the time in seconds which three of four attempts do not exceed: of those that passed,
  /// or of all if none did; empty when no time is known.
  public Optional<Double> usual() {
    List<Sample> from = passes.isEmpty() ? fails : passes;
    return from.isEmpty() ? Optional.empty() : Optional.of(percentile(from, 0.75));
  }

  /// Return the longest time remembered of an attempt that passed, in seconds, or 0.
  public double longest() {
    return passes.stream().mapToDouble(Sample::seconds).max().orElse(0);
  }

  private static double percentile(List<Sample> samples, double part) {
    double[] seconds = samples.stream().mapToDouble(Sample::seconds).sorted().toArray();
    return seconds[(int) Math.ceil(part * seconds.length) - 1];
  }

  /// Return this record with one more attempt.
  TestRecord with(Sample sample, boolean passed, int capacity) {
    return new TestRecord(
        attempts + 1,
        failures + (passed ? 0 : 1),
        sample.run(),
        passed ? plus(passes, sample, capacity) : passes,
        passed ? fails : plus(fails, sample, capacity));
  }

  private static List<Sample> plus(List<Sample> samples, Sample sample, int capacity) {
    List<Sample> more = new ArrayList<>(samples);
    more.add(sample);
    return Reservoir.choose(more, capacity);
  }

  /// Return what two records of the same test know together.
  ///
  /// @param base the record both grew from, if that is known: its attempts are counted once
  /// @param capacity how many samples to keep of each outcome
  TestRecord merged(TestRecord other, Optional<TestRecord> base, int capacity) {
    List<Sample> allPasses = union(passes, other.passes);
    List<Sample> allFails = union(fails, other.fails);
    // Without a base, what both remember is what they have in common.
    long commonFailures = (long) fails.size() + other.fails.size() - allFails.size();
    long commonPasses = (long) passes.size() + other.passes.size() - allPasses.size();
    long shared = base.map(TestRecord::attempts).orElse(commonPasses + commonFailures);
    long sharedFailures = base.map(TestRecord::failures).orElse(commonFailures);
    return new TestRecord(
        count(attempts, other.attempts, shared),
        count(failures, other.failures, sharedFailures),
        newest() >= other.newest() ? lastRun : other.lastRun,
        Reservoir.choose(allPasses, capacity),
        Reservoir.choose(allFails, capacity));
  }

  private static long count(long one, long other, long shared) {
    return Math.max(Math.max(one, other), one + other - shared);
  }

  private long newest() {
    long newest = Long.MIN_VALUE;
    for (List<Sample> samples : List.of(passes, fails)) {
      newest = samples.isEmpty() ? newest : Math.max(newest, samples.getLast().at());
    }
    return newest;
  }

  /// Return the samples of both, those that both have once. Equal samples in one of them are
  /// different attempts.
  private static List<Sample> union(List<Sample> one, List<Sample> other) {
    Map<Sample, Integer> common = new HashMap<>();
    one.forEach(sample -> common.merge(sample, 1, Integer::sum));
    List<Sample> all = new ArrayList<>(one);
    for (Sample sample : other) {
      if (common.merge(sample, -1, Integer::sum) < 0) {
        all.add(sample);
      }
    }
    all.sort(Sample.ORDER);
    return all;
  }
}
