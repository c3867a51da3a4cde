package dev.offload.report.timeline;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.TestId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Fold events into what happened when: phases, sandboxes, batches, and what went wrong with
/// sandboxes. Times count from the start of the run. Not thread-safe.
public final class RunTimeline {
  private final Map<SandboxId, SandboxLife> sandboxes = new TreeMap<>();
  private final Map<BatchId, BatchSpan> batches = new LinkedHashMap<>();
  private final Map<Attempt, Running> running = new LinkedHashMap<>();
  private final List<Phase> phases = new ArrayList<>();
  private final List<Incident> incidents = new ArrayList<>();
  private @Nullable Instant begin;
  private Duration last = Duration.ZERO;

  private record Attempt(TestId test, int number) {}

  /// Take the next event.
  public void accept(EventRecord entry) {
    if (begin == null) {
      begin = entry.at();
    }
    last = Duration.between(begin, entry.at());
    switch (entry.event()) {
      case RunEvent.PhaseStarted start ->
          phases.add(new Phase(start.phase(), last, Optional.empty()));
      case RunEvent.PhaseFinished end -> endPhase(end);
      case RunEvent.SandboxStarting start ->
          sandboxes.put(start.sandbox(), SandboxLife.begin(start.sandbox(), last));
      case RunEvent.SandboxReady ready ->
          sandboxes.put(ready.sandbox(), life(ready.sandbox()).ready(last, ready.handle()));
      case RunEvent.SandboxStartFailed failed ->
          end(
              Incident.Kind.START_FAILED,
              SandboxLife.End.START_FAILED,
              failed.sandbox(),
              failed.reason(),
              List.of());
      case RunEvent.SandboxLost lost ->
          end(
              Incident.Kind.LOST,
              SandboxLife.End.LOST,
              lost.sandbox(),
              lost.death().inWords(),
              lost.inFlight());
      case RunEvent.SandboxCondemned condemned ->
          end(
              Incident.Kind.CONDEMNED,
              SandboxLife.End.CONDEMNED,
              condemned.sandbox(),
              condemned.reason(),
              condemned.rejudged());
      case RunEvent.SandboxClosed closed -> {
        SandboxLife life = life(closed.sandbox());
        if (life.end() == SandboxLife.End.OPEN) {
          sandboxes.put(closed.sandbox(), life.end(last, SandboxLife.End.CLOSED, ""));
        }
      }
      case RunEvent.BatchStarted start ->
          batches.put(
              start.batch(),
              new BatchSpan(
                  start.batch(),
                  start.sandbox(),
                  start.tests().size(),
                  start.hedge(),
                  last,
                  Optional.empty(),
                  false,
                  ""));
      case RunEvent.BatchEnded end ->
          batches.computeIfPresent(
              end.batch(), (_, batch) -> batch.end(last, end.cancelled(), end.end()));
      case RunEvent.AttemptStarted start ->
          running.put(
              new Attempt(start.test(), start.attempt()),
              new Running(start.test(), start.attempt(), start.sandbox(), start.batch(), last));
      case RunEvent.AttemptFinished end -> running.remove(new Attempt(end.test(), end.attempt()));
      case RunEvent.RunStarted _,
          RunEvent.Progress _,
          RunEvent.TestsDiscovered _,
          RunEvent.TestsWithdrawn _,
          RunEvent.DiscoveryEnded _,
          RunEvent.ShardSelected _,
          RunEvent.TestsQuarantined _,
          RunEvent.DurationsExpected _,
          RunEvent.Warning _,
          RunEvent.Degraded _,
          RunEvent.SandboxSuspected _,
          RunEvent.SandboxHeard _,
          RunEvent.TestDecided _,
          RunEvent.RunFinished _ -> {}
    }
  }

  private void endPhase(RunEvent.PhaseFinished end) {
    for (int i = phases.size() - 1; i >= 0; i--) {
      Phase phase = phases.get(i);
      if (phase.name().equals(end.phase()) && phase.ended().isEmpty()) {
        phases.set(i, new Phase(phase.name(), phase.started(), Optional.of(last)));
        return;
      }
    }
  }

  private SandboxLife life(SandboxId sandbox) {
    return sandboxes.getOrDefault(sandbox, SandboxLife.begin(sandbox, last));
  }

  private void end(
      Incident.Kind kind, SandboxLife.End end, SandboxId sandbox, String why, List<TestId> tests) {
    sandboxes.put(sandbox, life(sandbox).end(last, end, why));
    incidents.add(new Incident(kind, why, List.of(sandbox), tests));
  }

  /// Return when the run began: the time of its first event.
  public Instant begin() {
    return begin == null ? Instant.EPOCH : begin;
  }

  /// Return the sandboxes by their number.
  public Collection<SandboxLife> sandboxes() {
    return Collections.unmodifiableCollection(sandboxes.values());
  }

  /// Return the batches in order of start.
  public Collection<BatchSpan> batches() {
    return Collections.unmodifiableCollection(batches.values());
  }

  /// Return the phases in order of start.
  public List<Phase> phases() {
    return Collections.unmodifiableList(phases);
  }

  /// Return the attempts that began and did not end, in order of start.
  public Collection<Running> running() {
    return Collections.unmodifiableCollection(running.values());
  }

  /// Return what went wrong with sandboxes, by cause, in order of its first time.
  public List<Incident> incidents() {
    return Incident.group(incidents);
  }
}
