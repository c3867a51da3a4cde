package dev.offload.report.trace;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Turn the events of a run into those of a trace: a process for Offload, with rows for its phases
/// and for what the dispatcher decides, and a process for each sandbox, with a row for its batches
/// and as many for its tests as run there at one time.
final class TraceFold {
  private static final int OFFLOAD = 0;
  private static final int DISPATCHER = 1;
  private static final int FIRST_PHASE = 2;
  private static final int LIFE = 1;
  private static final int FIRST_LANE = 2;

  private final TraceEvents out;
  private final Map<String, Span> phases = new LinkedHashMap<>();
  private final Map<String, Integer> phaseRows = new HashMap<>();
  private final Map<SandboxId, SandboxTrack> tracks = new LinkedHashMap<>();
  private final Map<BatchId, Span> batches = new LinkedHashMap<>();
  private final Map<Attempt, OpenAttempt> attempts = new LinkedHashMap<>();
  private Instant begin = Instant.EPOCH;
  private Instant now = Instant.EPOCH;
  private final Set<TestId> undecided = new HashSet<>();

  /// Something that goes on.
  record Span(int pid, String name, Instant since) {}

  private record Attempt(TestId test, int number) {}

  private record OpenAttempt(Instant since, SandboxTrack track, int lane) {}

  TraceFold(TraceEvents out) {
    this.out = out;
    out.process(OFFLOAD, "Offload");
    out.thread(OFFLOAD, DISPATCHER, "dispatcher");
  }

  void accept(EventRecord entry) {
    now = entry.at();
    switch (entry.event()) {
      case RunEvent.RunStarted start -> {
        begin = now;
        out.instant(
            OFFLOAD, DISPATCHER, now, "run " + start.runId(), Map.of("version", start.version()));
      }
      case RunEvent.PhaseStarted phase -> startPhase(phase.phase());
      case RunEvent.PhaseFinished phase -> finishPhase(phase);
      case RunEvent.Progress progress ->
          decide(progress.phase() + ": " + progress.text(), Map.of());
      case RunEvent.TestsDiscovered found -> {
        found.tests().forEach(test -> undecided.add(test.id()));
        decide("discovered " + found.group(), Map.of("tests", found.tests().size()));
        out.counter(OFFLOAD, now, "tests without verdict", undecided.size());
      }
      case RunEvent.TestsWithdrawn gone -> {
        gone.tests().forEach(undecided::remove);
        decide("withdrawn", Map.of("tests", gone.tests().size()));
        out.counter(OFFLOAD, now, "tests without verdict", undecided.size());
      }
      case RunEvent.DiscoveryEnded _ -> decide("discovery ended", Map.of());
      case RunEvent.ShardSelected shard ->
          decide("shard " + shard.index() + "/" + shard.count(), Map.of());
      case RunEvent.TestsQuarantined quarantined ->
          decide("quarantined", Map.of("tests", quarantined.tests().size()));
      case RunEvent.DurationsExpected known ->
          decide("durations known", Map.of("tests", known.durations().size()));
      case RunEvent.Warning warning -> decide("warning", Map.of("message", warning.message()));
      case RunEvent.Degraded degraded -> decide("degraded", Map.of("message", degraded.message()));
      case RunEvent.SandboxStarting start -> {
        decide("start " + start.sandbox(), Map.of());
        SandboxTrack track = track(start.sandbox());
        track.open = new Span(track.pid, "start-up", now);
      }
      case RunEvent.SandboxReady it -> {
        SandboxTrack track = track(it.sandbox());
        endSpan(track, Map.of("handle", it.handle()));
        out.process(track.pid, it.sandbox() + " " + it.handle());
        track.alive = true;
        countSandboxes();
      }
      case RunEvent.SandboxStartFailed failed -> {
        SandboxTrack track = track(failed.sandbox());
        endSpan(track, Map.of("failed", failed.reason()));
        fate(track, "start failed", failed.reason());
      }
      case RunEvent.SandboxSuspected suspected ->
          out.mark(
              track(suspected.sandbox()).pid,
              LIFE,
              now,
              "silent",
              Map.of("reason", suspected.reason()));
      case RunEvent.SandboxHeard heard ->
          out.mark(track(heard.sandbox()).pid, LIFE, now, "heard again", Map.of());
      case RunEvent.SandboxLost lost -> {
        fate(track(lost.sandbox()), "died", lost.death().inWords());
        decide(
            lost.sandbox() + " died: run its tests elsewhere",
            Map.of("death", lost.death().inWords(), "in flight", lost.inFlight().size()));
      }
      case RunEvent.SandboxCondemned condemned -> {
        fate(track(condemned.sandbox()), "condemned", condemned.reason());
        decide(
            "condemn " + condemned.sandbox(),
            Map.of("reason", condemned.reason(), "rejudged", condemned.rejudged().size()));
      }
      case RunEvent.SandboxClosed closed -> fate(track(closed.sandbox()), "closed", "");
      case RunEvent.BatchStarted batch -> {
        String name = (batch.hedge() ? "hedge " : "") + batch.batch();
        batches.put(batch.batch(), new Span(track(batch.sandbox()).pid, name, now));
        decide(name + " to " + batch.sandbox(), Map.of("tests", batch.tests().size()));
      }
      case RunEvent.BatchEnded end -> endBatch(end);
      case RunEvent.AttemptStarted start -> startAttempt(start);
      case RunEvent.AttemptFinished end -> endAttempt(end);
      case RunEvent.TestDecided decided -> {
        undecided.remove(decided.test());
        out.counter(OFFLOAD, now, "tests without verdict", undecided.size());
        if (decided.verdict() != Verdict.PASSED && decided.verdict() != Verdict.SKIPPED) {
          decide(
              word(decided.verdict()) + ": " + decided.test(), Map.of("reason", decided.reason()));
        }
      }
      case RunEvent.RunFinished end ->
          decide("end", Map.of("exit code", end.exitCode(), "reason", end.reason()));
    }
  }

  private void decide(String name, Map<String, ?> details) {
    out.instant(OFFLOAD, DISPATCHER, now, name, details);
  }

  private void startPhase(String phase) {
    phases.put(phase, new Span(OFFLOAD, phase, now));
  }

  private void finishPhase(RunEvent.PhaseFinished phase) {
    Span open = phases.remove(phase.phase());
    Instant since = now.minus(phase.duration());
    out.span(
        OFFLOAD,
        row(phase.phase()),
        open == null ? since : open.since(),
        now,
        phase.phase(),
        Map.of());
  }

  private int row(String phase) {
    return phaseRows.computeIfAbsent(
        phase,
        _ -> {
          int row = FIRST_PHASE + phaseRows.size();
          out.thread(OFFLOAD, row, phase);
          return row;
        });
  }

  private SandboxTrack track(SandboxId sandbox) {
    return tracks.computeIfAbsent(
        sandbox,
        _ -> {
          int pid = sandbox.number() + 1;
          out.process(pid, sandbox.number() == 0 ? "collection" : sandbox.toString());
          out.thread(pid, LIFE, "batches");
          return new SandboxTrack(pid);
        });
  }

  private void endSpan(SandboxTrack track, Map<String, ?> details) {
    Span open = track.open;
    if (open != null) {
      out.span(track.pid, LIFE, open.since(), now, open.name(), details);
      track.open = null;
    }
  }

  private void fate(SandboxTrack track, String name, String reason) {
    out.mark(track.pid, LIFE, now, name, Map.of("reason", reason));
    if (track.alive) {
      track.alive = false;
      countSandboxes();
    }
  }

  private void countSandboxes() {
    long alive = tracks.values().stream().filter(track -> track.alive).count();
    out.counter(OFFLOAD, now, "sandboxes", alive);
  }

  private void endBatch(RunEvent.BatchEnded end) {
    Span open = batches.remove(end.batch());
    if (open != null) {
      out.span(open.pid(), LIFE, open.since(), now, open.name(), Map.of("end", end.end()));
    }
    if (end.cancelled()) {
      decide("cancelled " + end.batch(), Map.of("end", end.end()));
    }
  }

  private void startAttempt(RunEvent.AttemptStarted start) {
    SandboxTrack track = track(start.sandbox());
    int lane = track.occupy(now, Instant.MAX);
    nameLane(track, lane);
    attempts.put(new Attempt(start.test(), start.attempt()), new OpenAttempt(now, track, lane));
    if (start.attempt() > 1) {
      decide(
          "attempt " + start.attempt() + " in " + start.sandbox(),
          Map.of("test", start.test().value()));
    }
  }

  private void endAttempt(RunEvent.AttemptFinished end) {
    OpenAttempt open = attempts.remove(new Attempt(end.test(), end.attempt()));
    Outcome outcome = end.report().outcome();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("outcome", word(outcome));
    details.put("attempt", end.attempt());
    details.put("batch", end.batch().number());
    details.put("seconds in the test", end.report().duration().toNanos() / 1e9);
    if (!end.report().message().isEmpty()) {
      details.put("message", end.report().message());
    }
    if (open == null) {
      withoutStart(end, details);
    } else {
      open.track().release(open.lane(), now);
      out.span(
          open.track().pid,
          FIRST_LANE + open.lane(),
          open.since(),
          now,
          end.test().value(),
          details);
    }
  }

  /// Some commands tell of their tests only when they end, and some ends have no begin.
  private void withoutStart(RunEvent.AttemptFinished end, Map<String, Object> details) {
    SandboxTrack track = track(end.sandbox());
    Duration duration = end.report().duration();
    Instant since = begin.plus(end.started());
    if (duration.isZero()) {
      out.instant(track.pid, LIFE, now, end.test().value(), details);
      return;
    }
    int lane = track.occupy(since, since.plus(duration));
    nameLane(track, lane);
    out.span(
        track.pid, FIRST_LANE + lane, since, since.plus(duration), end.test().value(), details);
  }

  private void nameLane(SandboxTrack track, int lane) {
    if (track.isFirstUse(lane)) {
      out.thread(track.pid, FIRST_LANE + lane, lane == 0 ? "tests" : "tests at the same time");
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /// Show everything that still goes on up to the last event.
  void end() {
    Map<String, ?> details = Map.of("unfinished", true);
    phases
        .values()
        .forEach(
            open -> out.span(OFFLOAD, row(open.name()), open.since(), now, open.name(), details));
    tracks.values().forEach(track -> endSpan(track, details));
    batches
        .values()
        .forEach(open -> out.span(open.pid(), LIFE, open.since(), now, open.name(), details));
    attempts.forEach((attempt, open) ->
        out.span(
            open.track().pid,
            FIRST_LANE + open.lane(),
            open.since(),
            now,
            attempt.test().value(),
            details));
  }
}
