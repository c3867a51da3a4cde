package dev.offload.engine.history;

import dev.offload.api.test.TestCase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Expect how long tests run, from what is remembered.
///
/// A test that was seen is expected to take what three of four passes took. One that was not is
/// expected to take what its nearest relatives take: the same test with other parameters, else the
/// tests of the same file. Nothing is expected of a test without relatives.
public final class Expectations {
  /// Where relatives stand in for a test, this many times what they take is not surprising.
  private static final double RELATIVES_SPREAD = 2;

  private final KnownDurations known;
  private final Map<String, Duration> fallback;
  private final Map<String, Optional<Expectation>> families = new HashMap<>();
  private final Map<String, Optional<Expectation>> files = new HashMap<>();

  /// Learn about all tests of a run.
  ///
  /// @param fallback seconds by test for those that are not known
  public Expectations(
      KnownDurations known, Map<String, Duration> fallback, Collection<TestCase> tests) {
    this.known = known;
    this.fallback = fallback;
    Map<String, List<Double>> byFamily = new HashMap<>();
    Map<String, List<Double>> byFile = new HashMap<>();
    for (TestCase test : tests) {
      own(test)
          .ifPresent(expected -> {
            double seconds = expected.usual().toNanos() / 1e9;
            byFamily.computeIfAbsent(family(test), _ -> new ArrayList<>()).add(seconds);
            if (!test.file().isEmpty()) {
              byFile.computeIfAbsent(test.file(), _ -> new ArrayList<>()).add(seconds);
            }
          });
    }
    byFamily.forEach((name, seconds) -> families.put(name, relatives(seconds)));
    byFile.forEach((name, seconds) -> files.put(name, relatives(seconds)));
  }

  /// Return what is expected of a test, if anything.
  public Optional<Expectation> of(TestCase test) {
    return own(test)
        .or(() -> families.getOrDefault(family(test), Optional.empty()))
        .or(() -> files.getOrDefault(test.file(), Optional.empty()));
  }

  private Optional<Expectation> own(TestCase test) {
    String id = test.id().value();
    return known
        .of(id)
        .or(() -> Optional.ofNullable(fallback.get(id)).map(told -> new Expectation(told, told)));
  }

  /// Return the test's name without its parameters.
  private static String family(TestCase test) {
    String id = test.id().value();
    int parameters = id.indexOf('[');
    return parameters > 0 ? id.substring(0, parameters) : id;
  }

  private static Optional<Expectation> relatives(List<Double> seconds) {
    Collections.sort(seconds);
    double usual = seconds.get((int) Math.ceil(0.75 * seconds.size()) - 1);
    return Optional.of(Expectation.seconds(usual, RELATIVES_SPREAD * seconds.getLast()));
  }
}
