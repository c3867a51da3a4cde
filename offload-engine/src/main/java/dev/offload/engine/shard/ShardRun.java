package dev.offload.engine.shard;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.test.TestId;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.engine.event.JournalException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Hold what is to know of one shard's run before its events are told again.
///
/// @param journal where its events are
/// @param started its first event
/// @param begun when it began
/// @param shard which shard it is, or null when it did not come as far as to know its tests, or was
///   no shard at all
/// @param groups its tests
/// @param undecided its tests without a verdict
/// @param sandboxes the highest number of a sandbox
/// @param batches the highest number of a batch
/// @param end its last event, or null when it was cut off
record ShardRun(
    Path journal,
    RunEvent.RunStarted started,
    Instant begun,
    RunEvent.@Nullable ShardSelected shard,
    List<RunEvent.TestsDiscovered> groups,
    Set<TestId> undecided,
    int sandboxes,
    int batches,
    RunEvent.@Nullable RunFinished end) {

  static ShardRun read(Path journal) throws IOException, JournalException {
    Scan scan = new Scan();
    try (EventJournalReader reader = EventJournalReader.open(journal)) {
      for (Optional<EventRecord> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        scan.accept(entry.get());
      }
    }
    if (scan.started == null) {
      throw new JournalException(journal + " does not tell how its run began");
    }
    return new ShardRun(
        journal,
        scan.started,
        scan.begun,
        scan.shard,
        scan.groups,
        scan.undecided,
        scan.sandboxes,
        scan.batches,
        scan.end);
  }

  private static final class Scan {
    private RunEvent.@Nullable RunStarted started;
    private Instant begun = Instant.EPOCH;
    private RunEvent.@Nullable ShardSelected shard;
    private final List<RunEvent.TestsDiscovered> groups = new ArrayList<>();
    private final Set<TestId> undecided = new LinkedHashSet<>();
    private int sandboxes;
    private int batches;
    private RunEvent.@Nullable RunFinished end;

    void accept(EventRecord entry) {
      switch (entry.event()) {
        case RunEvent.RunStarted it -> {
          started = it;
          begun = entry.at();
        }
        case RunEvent.ShardSelected it -> shard = it;
        case RunEvent.TestsDiscovered it -> {
          groups.add(it);
          it.tests().forEach(test -> undecided.add(test.id()));
        }
        case RunEvent.TestsWithdrawn it -> it.tests().forEach(undecided::remove);
        case RunEvent.TestDecided it -> undecided.remove(it.test());
        case RunEvent.SandboxStarting it -> sandboxes = Math.max(sandboxes, it.sandbox().number());
        case RunEvent.BatchStarted it -> batches = Math.max(batches, it.batch().number());
        case RunEvent.RunFinished it -> end = it;
        default -> {}
      }
    }
  }
}
