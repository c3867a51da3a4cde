package dev.offload.engine.dispatch;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.engine.dispatch.Batch.Cancelling;
import dev.offload.engine.dispatch.Batch.Flight;
import dev.offload.engine.dispatch.Batch.Purpose;
import dev.offload.engine.dispatch.Message.BatchEnd;
import dev.offload.engine.dispatch.Message.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Own the batches that run: their start, their signals, their time limits, and what their end says
/// of each of their tests.
final class Batches {
  private final Outbox out;
  private final TestLedger ledger;
  private final WorkQueue queue;
  private final Estimates estimates;
  private final Standings standings;
  private final long stall;
  private final long grace;
  private final Map<BatchId, Batch> running = new LinkedHashMap<>();
  private int started;

  Batches(
      DispatchPlan plan,
      Outbox out,
      TestLedger ledger,
      WorkQueue queue,
      Estimates estimates,
      Standings standings) {
    this.out = out;
    this.ledger = ledger;
    this.queue = queue;
    this.estimates = estimates;
    this.standings = standings;
    this.started = plan.continuation().batches();
    this.stall = plan.rules().stallTimeout().toNanos();
    this.grace = plan.rules().cancelGrace().toNanos();
  }

  Collection<Batch> running() {
    return running.values();
  }

  /// Hand a batch to an idle sandbox.
  void start(PoolSandbox sandbox, Purpose purpose, int[] tests) {
    Batch batch = new Batch(new BatchId(++started), sandbox, purpose, tests, out.now());
    running.put(batch.id, batch);
    queue.began(tests);
    estimates.batchBegan();
    sandbox.batch = batch;
    sandbox.used = true;
    ledger.assign(batch);
    List<Integer> indexes = Arrays.stream(tests).boxed().toList();
    out.add(new Action.RunBatch(sandbox.id, batch.id, indexes));
    out.emit(
        new RunEvent.BatchStarted(
            batch.id, sandbox.id, ledger.ids(indexes), purpose != Purpose.WORK));
    out.timer(new Timer.BatchStall(batch.id, 0), out.now() + stall);
  }

  /// Return the batch a signal is about when that sandbox runs it and it holds that test, not ended
  /// yet. All else is stale, foreign or said twice.
  @Nullable Batch expecting(SandboxId sandbox, BatchId id, int test) {
    Batch batch = running(sandbox, id);
    return batch != null && batch.expects(test) ? batch : null;
  }

  @Nullable Batch running(SandboxId sandbox, BatchId id) {
    Batch batch = running.get(id);
    return batch != null && batch.sandbox.id.equals(sandbox) ? batch : null;
  }

  void testStarted(Batch batch, int test) {
    if (!batch.isInFlight(test)) {
      begin(batch, test, out.now());
      cancelIfRedundant(batch, test);
    }
  }

  /// End a batch that has come to the tests which others took over from it, and has no others.
  private void cancelIfRedundant(Batch batch, int test) {
    if (batch.purpose != Purpose.PROBE
        && batch.cancelling == null
        && !ledger.isResponsible(batch, test)
        && batch.allFlights().size() == 1
        && batch.waiting().stream().noneMatch(next -> ledger.isResponsible(batch, next))) {
      cancel(batch, Cancelling.NOT_NEEDED);
    }
  }

  private Flight begin(Batch batch, int test, long at) {
    sign(batch);
    Flight flight = ledger.begin(batch, test, at);
    batch.begin(flight);
    if (flight.deadline() < batch.timeoutArmed) {
      armTimeout(batch, test, flight.deadline());
    }
    return flight;
  }

  private void sign(Batch batch) {
    if (!batch.sawTest) {
      batch.sawTest = true;
      batch.firstSign = out.now();
      batch.sandbox.emptyEnds = 0;
      standings.began();
    }
    batch.lastSign = out.now();
  }

  /// Take the end of a test.
  ///
  /// @return whether it says something that others wait for
  boolean testFinished(Batch batch, int test, AttemptReport said) {
    if (!batch.isInFlight(test)) {
      begin(batch, test, Math.max(batch.startedAt, out.now() - said.duration().toNanos()));
    }
    if (batch.cancelling != null && said.outcome().isFailure() && !isOverdue(batch, test)) {
      return false; // it may have failed because of the cancel
    }
    batch.lastSign = out.now();
    Flight flight = batch.end(test);
    if (flight == null) {
      return false;
    }
    AttemptReport report = said;
    if (batch.cancelling != null && said.outcome().isFailure()) {
      report = timedOut(flight, said.details());
    }
    boolean news = standings.heard(batch, test, report, flight);
    ledger.finish(batch, flight, report);
    return news || report.outcome().isFailure();
  }

  private boolean isOverdue(Batch batch, int test) {
    return batch.allFlights().stream()
        .anyMatch(flight -> flight.test() == test && deadline(batch, flight) <= out.now());
  }

  /// Return when a test is overdue. One that has probably ended is so only when nothing else was
  /// heard for as long.
  private long deadline(Batch batch, Flight flight) {
    if (flight.deadline() == Long.MAX_VALUE || !batch.isStale(flight)) {
      return flight.deadline();
    }
    return batch.lastSign + flight.deadline() - flight.startedAt() + grace;
  }

  private AttemptReport timedOut(Flight flight, String evidence) {
    Duration limit = Duration.ofNanos(flight.deadline() - flight.startedAt());
    String message = "ran longer than its limit of " + inWords(limit);
    return ledger.report(Outcome.TIMED_OUT, flight, message, evidence);
  }

  static String inWords(Duration duration) {
    double seconds = duration.toNanos() / 1e9;
    return (seconds == Math.rint(seconds)
            ? Long.toString((long) seconds)
            : Double.toString(seconds))
        + " s";
  }

  void cancel(Batch batch, Cancelling why) {
    if (batch.cancelling != null) {
      return;
    }
    batch.cancelling = why;
    batch.answerBy = out.now() + grace;
    boolean diagnose = why == Cancelling.TIMEOUT || why == Cancelling.STALL;
    out.add(new Action.CancelBatch(batch.sandbox.id, batch.id, diagnose));
    out.timer(new Timer.Grace(batch.sandbox.id), batch.answerBy);
  }

  void timeoutFired(BatchId id) {
    Batch batch = running.get(id);
    if (batch == null || batch.cancelling != null) {
      return;
    }
    batch.timeoutArmed = Long.MAX_VALUE;
    long first = Long.MAX_VALUE;
    int test = -1;
    for (Flight flight : batch.allFlights()) {
      long deadline = deadline(batch, flight);
      if (deadline < first) {
        first = deadline;
        test = flight.test();
      }
    }
    if (first <= out.now()) {
      cancel(batch, Cancelling.TIMEOUT);
    } else if (first < Long.MAX_VALUE) {
      armTimeout(batch, test, first);
    }
  }

  private void armTimeout(Batch batch, int test, long at) {
    batch.timeoutArmed = at;
    out.timer(new Timer.TestTimeout(batch.id, test), at);
  }

  void stallFired(BatchId id) {
    Batch batch = running.get(id);
    if (batch == null || batch.cancelling != null) {
      return;
    }
    if (!batch.allFlights().isEmpty()) {
      out.timer(new Timer.BatchStall(id, batch.finished), out.now() + stall);
    } else if (batch.lastSign + stall <= out.now()) {
      cancel(batch, Cancelling.STALL);
    } else {
      out.timer(new Timer.BatchStall(id, batch.finished), batch.lastSign + stall);
    }
  }

  /// Take the end of a batch's command and judge each test that it leaves open.
  void ended(Batch batch, BatchEnd end) {
    leave(batch, inWords(batch, end), isSuccess(end), batch.cancelling != null);
    if (batch.isComplete() && batch.cancelling == null) {
      long beside = batch.firstSign - batch.startedAt + out.now() - batch.lastSign;
      estimates.measuredOverhead(ledger.files(batch), Estimates.seconds(beside));
    }
    if (batch.purpose != Purpose.PROBE) {
      judge(batch, end);
    }
  }

  private void judge(Batch batch, BatchEnd end) {
    if (batch.cancelling == Cancelling.TIMEOUT) {
      judgeTimedOut(batch, evidence(end));
    } else if (batch.cancelling == Cancelling.STALL && !batch.sawTest) {
      judgeEmpty(batch, "its command showed no sign of a test for " + stallInWords());
    } else if (batch.cancelling != null) {
      takeBack(batch, "cancelled: " + batch.cancelling.inWords());
      if (batch.cancelling == Cancelling.STALL) {
        standings.abnormal(batch.sandbox);
      }
    } else {
      switch (end) {
        case BatchEnd.Ended ended -> judgeEnded(batch, ended);
        case BatchEnd.Cancelled _ -> takeBack(batch, "cancelled");
        case BatchEnd.NotStarted _ -> {
          standings.abnormal(batch.sandbox);
          batch.sandbox.emptyEnds++;
          takeBack(batch, "its command could not be started");
        }
      }
    }
  }

  private String stallInWords() {
    return inWords(Duration.ofNanos(stall));
  }

  private void judgeTimedOut(Batch batch, String evidence) {
    for (Flight flight : batch.flights()) {
      if (deadline(batch, flight) <= out.now()) {
        batch.end(flight.test());
        ledger.finish(batch, flight, timedOut(flight, evidence));
      }
    }
    takeBack(batch, "cancelled: another test of its batch ran into its time limit");
  }

  private void judgeEnded(Batch batch, BatchEnd.Ended end) {
    if (batch.splitWanted && batch.tests.length > 1) {
      split(batch, end);
      return;
    }
    if (!batch.sawTest && !end.success()) {
      judgeEmpty(batch, withEvidence("its command ended before its first test: " + end.end(), end));
      return;
    }
    List<Flight> flights = batch.flights();
    if (end.abnormal() && flights.isEmpty() && !batch.isComplete()) {
      standings.abnormal(batch.sandbox);
    }
    for (Flight flight : flights) {
      if (!end.abnormal() || (flights.size() == 1 && batch.isStale(flight))) {
        String words = "its command ended (" + end.end() + ") without telling its end";
        ledger.notReported(batch, flight.test(), flight, withEvidence(words, end));
      } else if (flights.size() == 1) {
        String message = "its process ended while it ran: " + end.end();
        ledger.finish(
            batch, flight, ledger.report(Outcome.CRASHED, flight, message, end.evidence()));
      } else {
        ledger.isolate(batch, flight, "its process ended while several tests ran: " + end.end());
      }
    }
    for (int test : batch.waiting()) {
      if (end.success()) {
        String words = "its command ended (" + end.end() + ") and said nothing of it";
        ledger.notReported(batch, test, null, withEvidence(words, end));
      } else {
        ledger.returnWaiting(batch, test);
      }
    }
  }

  /// The command answered for its tests together: ask again for fewer of them.
  private void split(Batch batch, BatchEnd.Ended end) {
    int half = (batch.tests.length + 1) / 2;
    for (Flight flight : batch.flights()) {
      ledger.limitCompany(flight.test(), half);
      ledger.takeBack(batch, flight, "its command ended (" + end.end() + ") for all tests at once");
    }
    for (int test : batch.waiting()) {
      ledger.limitCompany(test, half);
      ledger.returnWaiting(batch, test);
    }
  }

  /// The command ended before any test: that is not the tests' doing, but it cannot go on for ever.
  private void judgeEmpty(Batch batch, String evidence) {
    // What is not there cannot begin.
    if (!ledger.isUncertain(batch)) {
      standings.abnormal(batch.sandbox);
      standings.empty(batch.sandbox, evidence);
      batch.sandbox.emptyEnds++;
    }
    for (int test : batch.waiting()) {
      ledger.returnFromEmptyBatch(batch, test, evidence);
    }
  }

  /// Take a batch away from a sandbox that will not end it.
  void abandon(Batch batch, String why) {
    leave(batch, why, false, true);
    if (batch.purpose != Purpose.PROBE) {
      takeBack(batch, why);
    }
  }

  /// Forget a batch whose sandbox is dead; its tests are still to be judged.
  void died(Batch batch) {
    leave(batch, "its sandbox died", false, false);
  }

  private void takeBack(Batch batch, String why) {
    for (Flight flight : batch.flights()) {
      if (!ledger.isClosed(flight.test())) {
        ledger.takeBack(batch, flight, why);
      }
    }
    for (int test : batch.waiting()) {
      ledger.returnWaiting(batch, test);
    }
  }

  private void leave(Batch batch, String end, boolean success, boolean cancelled) {
    running.remove(batch.id);
    queue.ended(batch.tests);
    batch.sandbox.batch = null;
    out.emit(new RunEvent.BatchEnded(batch.id, batch.sandbox.id, end, success, cancelled));
  }

  private static boolean isSuccess(BatchEnd end) {
    return end instanceof BatchEnd.Ended ended && ended.success();
  }

  private static String inWords(Batch batch, BatchEnd end) {
    if (batch.cancelling != null) {
      return "cancelled: " + batch.cancelling.inWords();
    }
    return switch (end) {
      case BatchEnd.Ended ended -> ended.end();
      case BatchEnd.Cancelled _ -> "cancelled";
      case BatchEnd.NotStarted(String reason) -> "could not be started: " + reason;
    };
  }

  private static String evidence(BatchEnd end) {
    return switch (end) {
      case BatchEnd.Ended ended -> ended.evidence();
      case BatchEnd.Cancelled(String evidence) -> evidence;
      case BatchEnd.NotStarted(String reason) -> reason;
    };
  }

  private static String withEvidence(String words, BatchEnd.Ended end) {
    return end.evidence().isBlank() ? words : words + "\n" + end.evidence().strip();
  }
}
