package dev.offload.engine;

import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.settings.CacheFolder;
import dev.offload.api.test.TestCase;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.dispatch.DispatchPlan.Costs;
import dev.offload.engine.dispatch.DispatchPlan.Foreseen;
import dev.offload.engine.history.CostFile;
import dev.offload.engine.history.Expectations;
import dev.offload.engine.history.HistoryFile;
import dev.offload.engine.history.HistoryPlace;
import dev.offload.engine.history.HistoryReporter;
import dev.offload.engine.history.KnownDurations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Own what one run remembers of those before it, and leaves to those after it: how long tests
/// take, and what batches and sandboxes cost beside them. It is read while tests are discovered.
///
/// What cannot be read or written only costs time, so it is told and does not end the run.
final class RunMemory {
  private static final Duration BATCH_OVERHEAD = Duration.ofMillis(500);
  private static final int PROBLEMS_SHOWN = 3;

  private final OffloadConfig config;
  private final HistoryPlace place;
  private final boolean recording;
  private final FutureTask<Remembered> reading = new FutureTask<>(this::read);

  /// Begin to read.
  ///
  /// @param recordHistory whether the user wants this run to be recorded in `[history]`
  RunMemory(OffloadConfig config, boolean recordHistory) {
    this.config = config;
    place = new HistoryPlace(config, CacheFolder.locate());
    recording = recordHistory || config.history().map(it -> it.recordAlways()).orElse(true);
    Thread.ofVirtual().name("memory").start(reading);
  }

  /// What is remembered.
  ///
  /// @param durations how long tests took
  /// @param fallback durations for tests that the history does not know
  /// @param costs what batches and sandboxes cost
  /// @param warnings what the user should know
  record Remembered(
      KnownDurations durations,
      Map<String, Duration> fallback,
      Costs costs,
      List<String> warnings) {
    /// Return what all tests that are remembered come to.
    Foreseen foreseen() {
      return durations.isEmpty() ? sum(fallback.values()) : sum(durations.usual());
    }

    private static Foreseen sum(Collection<Duration> times) {
      Duration work = Duration.ZERO;
      Duration longest = Duration.ZERO;
      for (Duration time : times) {
        work = work.plus(time);
        longest = time.compareTo(longest) > 0 ? time : longest;
      }
      return new Foreseen(times.size(), work, longest);
    }

    /// Return what is expected of these tests, which are all tests of the run.
    Expectations about(Collection<TestCase> tests) {
      return new Expectations(durations, fallback, tests);
    }
  }

  /// Return what is remembered; waits until it is read.
  Remembered remembered() throws InterruptedException {
    try {
      return reading.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("what is remembered cannot be read", e);
    }
  }

  private Remembered read() {
    List<String> warnings = new ArrayList<>();
    KnownDurations durations = new KnownDurations(place.configName());
    HistoryFile file = place.file();
    try {
      List<String> problems = file.forEachRecord(durations::add);
      problems.stream().limit(PROBLEMS_SHOWN).forEach(warnings::add);
      int more = problems.size() - PROBLEMS_SHOWN;
      if (more > 0) {
        warnings.add("%s: %d more lines are skipped".formatted(file.path(), more));
      }
    } catch (IOException e) {
      warnings.add("the history cannot be read: " + e);
    }
    Map<String, Duration> fallback =
        durations.isEmpty()
            ? PreviousDurations.read(config.report().outputDirectory(), config.report().junitFile())
            : Map.of();
    return new Remembered(durations, fallback, costs(), warnings);
  }

  private Costs costs() {
    return costFile()
        .read()
        .map(known ->
            new Costs(
                duration(known.startUp()),
                duration(known.batch()),
                duration(known.file()),
                known.lossRate()))
        .orElse(Costs.ofBatch(BATCH_OVERHEAD));
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private CostFile costFile() {
    return place.costs(
        config.frameworks().values().stream()
            .map(OffloadConfig.FrameworkChoice::type)
            .distinct()
            .sorted()
            .collect(Collectors.joining("+")));
  }

  /// Return what adds this run to the history, if it is to be added.
  Optional<Reporter> recorder() {
    return recording
        ? Optional.of(new HistoryReporter(place.file(), place.configName(), place.capacity()))
        : Optional.empty();
  }

  /// Keep what a run has learned of costs.
  void learn(Costs costs, Consumer<RunEvent> events) {
    try {
      costFile()
          .add(
              new CostFile.Learned(
                  seconds(costs.startUp()),
                  seconds(costs.batch()),
                  seconds(costs.file()),
                  costs.lossRate()));
    } catch (IOException e) {
      events.accept(new RunEvent.Degraded("what batches cost cannot be remembered: " + e));
    }
  }
}
