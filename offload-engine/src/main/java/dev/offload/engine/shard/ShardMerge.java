package dev.offload.engine.shard;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.RunResults;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.event.EventJournal;
import dev.offload.engine.event.EventJournalReader;
import dev.offload.engine.event.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Put the journals of shards together into the story of one run.
///
/// Nothing is green by omission: a shard that is missing, or that did not come to its end, keeps
/// the whole from passing. Sandboxes and batches get new numbers; the times stay.
public final class ShardMerge {
  private final SortedMap<Integer, ShardRun> shards = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final String version;
  private final String runId;
  private final RunResults results = new RunResults();
  private long sequence;
  private Instant last = Instant.MIN;

  private ShardMerge(String version, String runId) {
    this.version = version;
    this.runId = runId;
  }

  /// Report that folders do not hold shards of one run; the message is for the user.
  public static final class NotTogether extends Exception {
    private static final long serialVersionUID = 1;

    NotTogether(String message) {
      super(message);
    }
  }

  /// Look at the folders; nothing is told yet.
  ///
  /// @param version Offload's version, for the record
  /// @param runId names the whole
  /// @param folders the output folders of the shards; one without a journal is a missing shard
  /// @throws NotTogether when they are not shards of the same suite, each there once at most
  public static ShardMerge of(String version, String runId, List<Path> folders)
      throws NotTogether, IOException {
    ShardMerge merge = new ShardMerge(version, runId);
    for (Path folder : folders) {
      merge.add(folder);
    }
    if (merge.shards.isEmpty()) {
      throw new NotTogether("there is no shard in " + join(folders));
    }
    return merge;
  }

  private static String join(List<Path> folders) {
    return folders.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  private void add(Path folder) throws NotTogether, IOException {
    Path journal = Files.isDirectory(folder) ? folder.resolve(EventJournal.FILE_NAME) : folder;
    if (!Files.isRegularFile(journal)) {
      warnings.add(folder + " holds no journal (events.jsonl)");
      return;
    }
    ShardRun run = read(journal);
    RunEvent.ShardSelected shard = run.shard();
    if (shard == null) {
      if (!run.groups().isEmpty()) {
        throw new NotTogether(
            journal + " is of a run of a whole suite; only runs with --shard can be merged");
      }
      warnings.add(journal + " is of a run that ended before it knew its tests" + reason(run));
      return;
    }
    if (!shards.isEmpty()) {
      checkTogether(shards.firstEntry().getValue(), run);
    }
    ShardRun other = shards.putIfAbsent(shard.index(), run);
    if (other != null) {
      throw new NotTogether(
          "shard %d/%d is there twice, in %s and in %s: give the one that counts"
              .formatted(shard.index(), shard.count(), other.journal(), journal));
    }
  }

  private static ShardRun read(Path journal) throws NotTogether, IOException {
    try {
      return ShardRun.read(journal);
    } catch (JournalException e) {
      NotTogether failure = new NotTogether(String.valueOf(e.getMessage()));
      failure.initCause(e);
      throw failure;
    }
  }

  private static String reason(ShardRun run) {
    return run.end() == null
        ? ""
        : " (exit "
            + run.end().exitCode()
            + "): "
            + run.end().reason().lines().findFirst().orElse("");
  }

  private static void checkTogether(ShardRun one, ShardRun other) throws NotTogether {
    RunEvent.ShardSelected a = one.shard();
    RunEvent.ShardSelected b = other.shard();
    if (a != null
        && b != null
        && (a.count() != b.count() || !a.fingerprint().equals(b.fingerprint()))) {
      throw new NotTogether(
          "%s (shard %d/%d of %d tests) and %s (shard %d/%d of %d tests) are not cut from the same suite in the same way: run all shards on the same commit, with the same selection and, for --shard-by duration, with the same durations"
              .formatted(
                  one.journal(),
                  a.index(),
                  a.count(),
                  a.suiteSize(),
                  other.journal(),
                  b.index(),
                  b.count(),
                  b.suiteSize()));
    }
  }

  /// Return what the user should know about the folders.
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /// Tell the whole as the events of one run.
  ///
  /// @return its exit code
  public int tell(Consumer<EventRecord> events) throws IOException, JournalException {
    ShardRun first = shards.firstEntry().getValue();
    Instant begun = begun();
    int parallel = shards.values().stream().mapToInt(run -> run.started().maxParallel()).sum();
    RunEvent.RunStarted start = first.started();
    last = begun;
    emit(
        events,
        begun,
        new RunEvent.RunStarted(
            runId, version, start.configFile(), start.provider(), start.framework(), parallel));
    groups().forEach(group -> emit(events, begun, group));
    emit(events, begun, new RunEvent.DiscoveryEnded());
    warnings.forEach(warning -> emit(events, begun, new RunEvent.Warning(warning)));
    tellShards(events, begun);
    for (ShardRun run : shards.values()) {
      for (TestId test : run.undecided()) {
        emit(
            events,
            last,
            new RunEvent.TestDecided(test, Verdict.NOT_RUN, "its shard's run was cut off"));
      }
    }
    String reason = incomplete();
    int exitCode = ExitCodes.of(results);
    if (!reason.isEmpty() && exitCode != ExitCodes.FAILED) {
      exitCode = ExitCodes.NOT_RUN;
    }
    emit(events, last, new RunEvent.RunFinished(exitCode, reason, Duration.between(begun, last)));
    return exitCode;
  }

  private Instant begun() {
    return shards.values().stream()
        .map(ShardRun::begun)
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /// Copy the logs and artifacts of all shards, named as the whole numbers its sandboxes and
  /// batches.
  ///
  /// @param folder where the reports of the whole are written
  /// @throws IOException when one cannot be copied; those of the shards before it are there
  public void copyFiles(Path folder) throws IOException {
    for (Offsets offsets : offsets(begun())) {
      new ShardFiles(shard(offsets), offsets.sandboxes, offsets.batches, folder).copy();
    }
  }

  /// Return what keeps the whole from being green, or an empty text.
  private String incomplete() {
    String missing = missing();
    if (!missing.isEmpty()) {
      return missing;
    }
    for (Map.Entry<Integer, ShardRun> shard : shards.entrySet()) {
      RunEvent.RunFinished end = shard.getValue().end();
      if (end == null) {
        return "the run of shard " + shard.getKey() + " was cut off";
      }
      if (end.exitCode() > ExitCodes.NO_TESTS) {
        return "the run of shard " + shard.getKey() + " ended with exit code " + end.exitCode();
      }
    }
    return "";
  }

  /// Return which shards are missing, or an empty text.
  private String missing() {
    RunEvent.ShardSelected any = shards.firstEntry().getValue().shard();
    if (any == null || shards.size() == any.count()) {
      return "";
    }
    String missing =
        IntStream.rangeClosed(1, any.count())
            .filter(index -> !shards.containsKey(index))
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "));
    return "shard %s of %d is missing, and with it %d of %d tests"
        .formatted(missing, any.count(), any.suiteSize() - results.total(), any.suiteSize());
  }

  private List<RunEvent.TestsDiscovered> groups() {
    SequencedMap<String, RunEvent.TestsDiscovered> merged = new LinkedHashMap<>();
    for (ShardRun run : shards.values()) {
      for (RunEvent.TestsDiscovered group : run.groups()) {
        merged.merge(
            group.group(),
            group,
            (old, more) -> {
              List<TestCase> tests = new ArrayList<>(old.tests());
              tests.addAll(more.tests());
              return new RunEvent.TestsDiscovered(old.group(), old.retryCount(), tests);
            });
      }
    }
    return List.copyOf(merged.values());
  }

  /// Tell the events of all shards in the order of their times.
  private void tellShards(Consumer<EventRecord> events, Instant begun)
      throws IOException, JournalException {
    PriorityQueue<Teller> tellers =
        new PriorityQueue<>(
            Comparator.comparing((Teller teller) -> teller.next.at())
                .thenComparingInt(teller -> teller.offsets.index));
    List<EventJournalReader> open = new ArrayList<>();
    try {
      for (Offsets offsets : offsets(begun)) {
        EventJournalReader reader = EventJournalReader.open(shard(offsets).journal());
        open.add(reader);
        Teller.first(reader, offsets).ifPresent(tellers::add);
      }
      while (!tellers.isEmpty()) {
        Teller teller = tellers.remove();
        teller
            .offsets
            .moved(teller.next.event())
            .ifPresent(event -> emit(events, teller.next.at(), event));
        Teller.first(teller.reader, teller.offsets).ifPresent(tellers::add);
      }
    } finally {
      for (EventJournalReader reader : open) {
        reader.close();
      }
    }
  }

  private List<Offsets> offsets(Instant begun) {
    List<Offsets> all = new ArrayList<>();
    int sandboxes = 0;
    int batches = 0;
    for (Map.Entry<Integer, ShardRun> shard : shards.entrySet()) {
      ShardRun run = shard.getValue();
      Duration later = Duration.between(begun, run.begun());
      all.add(new Offsets(shard.getKey(), sandboxes, batches, later));
      sandboxes += run.sandboxes();
      batches += run.batches();
    }
    return all;
  }

  private ShardRun shard(Offsets offsets) {
    return Objects.requireNonNull(shards.get(offsets.index));
  }

  private void emit(Consumer<EventRecord> events, Instant at, RunEvent event) {
    last = at.isAfter(last) ? at : last;
    EventRecord entry = new EventRecord(++sequence, last, event);
    results.accept(withoutTexts(entry));
    events.accept(entry);
  }

  private static EventRecord withoutTexts(EventRecord entry) {
    return entry.event() instanceof RunEvent.AttemptFinished end
        ? entry.with(end.with(AttemptReport.of(end.report().outcome(), end.report().duration())))
        : entry;
  }

  /// The next event of one shard.
  private record Teller(EventJournalReader reader, Offsets offsets, EventRecord next) {
    static Optional<Teller> first(EventJournalReader reader, Offsets offsets)
        throws IOException, JournalException {
      return reader.next().map(next -> new Teller(reader, offsets, next));
    }
  }

  /// What is added to the numbers of one shard.
  private record Offsets(int index, int sandboxes, int batches, Duration time) {

    /// Return an event as the whole tells it; nothing for what is told once for all shards.
    Optional<RunEvent> moved(RunEvent event) {
      return switch (event) {
        case RunEvent.RunStarted _,
            RunEvent.TestsDiscovered _,
            RunEvent.DiscoveryEnded _,
            RunEvent.ShardSelected _,
            RunEvent.PhaseStarted _,
            RunEvent.PhaseFinished _,
            RunEvent.Progress _ ->
            Optional.empty();
        case RunEvent.RunFinished it ->
            it.reason().isEmpty()
                ? Optional.empty()
                : Optional.of(
                    new RunEvent.Warning("shard " + index + " ended early: " + it.reason()));
        case RunEvent.Warning it ->
            Optional.of(new RunEvent.Warning("shard " + index + ": " + it.message()));
        case RunEvent.Degraded it ->
            Optional.of(new RunEvent.Degraded("shard " + index + ": " + it.message()));
        case RunEvent.TestsWithdrawn _,
            RunEvent.TestsQuarantined _,
            RunEvent.DurationsExpected _,
            RunEvent.TestDecided _ ->
            Optional.of(event);
        case RunEvent.SandboxStarting it ->
            Optional.of(new RunEvent.SandboxStarting(moved(it.sandbox())));
        case RunEvent.SandboxReady it ->
            Optional.of(new RunEvent.SandboxReady(moved(it.sandbox()), it.handle()));
        case RunEvent.SandboxStartFailed it ->
            Optional.of(new RunEvent.SandboxStartFailed(moved(it.sandbox()), it.reason()));
        case RunEvent.SandboxSuspected it ->
            Optional.of(new RunEvent.SandboxSuspected(moved(it.sandbox()), it.reason()));
        case RunEvent.SandboxHeard it ->
            Optional.of(new RunEvent.SandboxHeard(moved(it.sandbox())));
        case RunEvent.SandboxLost it ->
            Optional.of(new RunEvent.SandboxLost(moved(it.sandbox()), it.death(), it.inFlight()));
        case RunEvent.SandboxCondemned it ->
            Optional.of(
                new RunEvent.SandboxCondemned(moved(it.sandbox()), it.reason(), it.rejudged()));
        case RunEvent.SandboxClosed it ->
            Optional.of(new RunEvent.SandboxClosed(moved(it.sandbox())));
        case RunEvent.BatchStarted it ->
            Optional.of(
                new RunEvent.BatchStarted(
                    moved(it.batch()), moved(it.sandbox()), it.tests(), it.hedge()));
        case RunEvent.BatchEnded it ->
            Optional.of(
                new RunEvent.BatchEnded(
                    moved(it.batch()),
                    moved(it.sandbox()),
                    it.end(),
                    it.success(),
                    it.cancelled()));
        case RunEvent.AttemptStarted it ->
            Optional.of(
                new RunEvent.AttemptStarted(
                    it.test(), it.attempt(), moved(it.batch()), moved(it.sandbox())));
        case RunEvent.AttemptFinished it ->
            Optional.of(
                new RunEvent.AttemptFinished(
                    it.test(),
                    it.attempt(),
                    moved(it.batch()),
                    moved(it.sandbox()),
                    it.started().plus(time),
                    it.report()));
      };
    }

    private SandboxId moved(SandboxId sandbox) {
      return sandbox.number() == 0 ? sandbox : new SandboxId(sandbox.number() + sandboxes);
    }

    private BatchId moved(BatchId batch) {
      return batch.number() == 0 ? batch : new BatchId(batch.number() + batches);
    }
  }
}
