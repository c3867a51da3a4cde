package dev.offload.cli;

import dev.offload.api.report.TestHistory;
import dev.offload.api.settings.CacheFolder;
import dev.offload.api.test.TestId;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.history.History;
import dev.offload.engine.history.HistoryKey;
import dev.offload.engine.history.HistoryPlace;
import dev.offload.engine.history.Sample;
import dev.offload.engine.history.TestRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Look up in the project's history, which is read when somebody asks first. One that cannot be
/// read is none: the run itself says so.
final class RememberedTests implements TestHistory {
  private final HistoryPlace place;
  private @Nullable History history;

  RememberedTests(OffloadConfig config) {
    place = new HistoryPlace(config, CacheFolder.locate());
  }

  @Override
  public List<PastAttempt> of(TestId test) {
    return history()
        .lookUp(new HistoryKey(place.configName(), test.value()))
        .map(RememberedTests::attempts)
        .orElse(List.of());
  }

  private static List<PastAttempt> attempts(TestRecord known) {
    return Stream.concat(
            known.passes().stream().map(sample -> attempt(sample, true)),
            known.fails().stream().map(sample -> attempt(sample, false)))
        .sorted(Comparator.comparing(PastAttempt::at))
        .toList();
  }

  private static PastAttempt attempt(Sample sample, boolean passed) {
    return new PastAttempt(
        sample.run(),
        Instant.ofEpochMilli(sample.at()),
        Duration.ofNanos(Math.round(sample.seconds() * 1e9)),
        passed);
  }

  private History history() {
    if (history == null) {
      try {
        history = place.file().records();
      } catch (IOException _) {
        history = new History();
      }
    }
    return history;
  }
}
