package dev.offload.engine.dispatch;

import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.engine.dispatch.Batch.Flight;
import dev.offload.engine.dispatch.Batch.Purpose;
import dev.offload.engine.dispatch.Failure.Standing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Own what is known of each test, and the rules by which it gets its verdict.
///
/// A test is open, closed or decided. It is closed when its outcome is known: nothing more is done
/// for it. It is decided when, besides, no failure of it can turn out to be its sandbox's any more.
final class TestLedger {
  /// How often the failures of one test may be voided; then it is the test, whatever the sandboxes
  /// look like.
  private static final int VOIDS = 6;

  /// How often a test may stay unreported, or be alone in a batch that ends before it.
  private static final int SILENCES = 2;

  /// How often the sandbox of a test that is alone in its batch may die before the test begins, on
  /// top of the deaths that would blame it while it runs.
  private static final int SILENT_DEATHS = 2;

  private static final int MOST_COPIES = 4;

  private final Suite suite;
  private final boolean isAlone;
  private final WorkQueue queue;
  private final Outbox out;
  private TestEntry[] entries = new TestEntry[0];
  private final ArrayDeque<Batch> superfluous = new ArrayDeque<>();
  private int undecided;
  private int uncertain;
  private boolean decidedFailed;
  private int heldFailed;

  /// Stands for the sandboxes of an earlier part of the run.
  private final PoolSandbox earlierSandboxes = new PoolSandbox(new SandboxId(0), 0, 0);

  /// Begin with the tests that are known.
  ///
  /// @param isAlone whether there is only one sandbox at a time, so that failures are compared with
  ///   nothing
  TestLedger(Suite suite, boolean isAlone, WorkQueue queue, Outbox out) {
    this.suite = suite;
    this.isAlone = isAlone;
    this.queue = queue;
    this.out = out;
    add(true);
  }

  /// Take the tests by which the suite has grown.
  ///
  /// @param certain whether they are there for certain
  void add(boolean certain) {
    int from = entries.length;
    entries = Arrays.copyOf(entries, suite.size());
    for (int test = from; test < entries.length; test++) {
      TestEntry entry = new TestEntry(test);
      entries[test] = entry;
      takeOver(entry, suite.get(test).earlier());
      entry.uncertain = !certain;
      uncertain += certain ? 0 : 1;
    }
    undecided += entries.length - from;
  }

  /// Return whether all tests that are known are there for certain.
  boolean isCertain() {
    return uncertain == 0;
  }

  /// Return whether nothing is certain of any test of a batch.
  boolean isUncertain(Batch batch) {
    return uncertain > 0 && Arrays.stream(batch.tests).allMatch(test -> entries[test].uncertain);
  }

  /// Forget tests that are not there; they leave the queue, too.
  void withdraw(List<Integer> tests) {
    queue.withdraw(tests);
    for (int test : tests) {
      withdraw(entries[test]);
    }
    out.emit(new RunEvent.TestsWithdrawn(ids(tests)));
  }

  private void withdraw(TestEntry entry) {
    boolean isOpen = !entry.hasVerdict || entry.held != null;
    if (entry.held == null && !entry.hasVerdict && entry.closed && entry.success == null) {
      heldFailed -= weight(entry);
    }
    if (!entry.closed) {
      close(entry);
    }
    entry.held = null;
    entry.parked = false;
    entry.hasVerdict = true;
    undecided -= isOpen ? 1 : 0;
    makeCertain(entry);
  }

  private void makeCertain(TestEntry entry) {
    uncertain -= entry.uncertain ? 1 : 0;
    entry.uncertain = false;
  }

  /// All tests that are not withdrawn are there for certain: tell the verdicts that waited for
  /// this, and give back the tests that did.
  void makeCertain() {
    for (TestEntry entry : isCertain() ? new TestEntry[0] : entries) {
      makeCertain(entry);
      if (entry.held != null) {
        tell(entry, entry.held);
        entry.held = null;
      } else if (entry.parked) {
        entry.parked = false;
        requeue(entry);
      }
    }
  }

  /// Count what an earlier part of the run did; its failures are beyond doubt.
  private void takeOver(TestEntry entry, DispatchPlan.Earlier earlier) {
    entry.attempts = earlier.attempts();
    for (String message : earlier.failures()) {
      Failure failure = new Failure(entry.test, earlierSandboxes, Outcome.FAILED, message);
      failure.standing = Standing.FIRM;
      entry.failures = plus(entry.failures, failure);
    }
    entry.suspect = earlier.suspect();
    for (DispatchPlan.EarlierDeath death : earlier.deaths()) {
      entry.deaths = plus(entry.deaths, evidence(death.sandbox(), death.death()));
    }
  }

  int undecided() {
    return undecided;
  }

  /// Return whether a test has finally failed; quarantined ones do not count.
  boolean hasFailed() {
    return decidedFailed;
  }

  /// Return whether a test has failed as often as it may, in sandboxes that are in doubt.
  boolean holdsFailure() {
    return heldFailed > 0;
  }

  boolean isClosed(int test) {
    return entries[test].closed;
  }

  /// Return whether a test that is in flight may be copied: it runs nowhere else.
  boolean isSingle(int test) {
    TestEntry entry = entries[test];
    return entry.mayBeCopied() && entry.copies.isEmpty() && entry.heldHedge == null;
  }

  /// Return whether a test that runs in this batch, the last one it was given to, may be given to
  /// one more.
  boolean mayCopyOnceMore(Batch batch, int test) {
    TestEntry entry = entries[test];
    return entry.mayBeCopied()
        && entry.heldHedge == null
        && entry.copies.size() < MOST_COPIES
        && isResponsible(batch, test);
  }

  boolean hasFailedIn(int test, PoolSandbox sandbox) {
    return entries[test].hasFailedIn(sandbox);
  }

  /// Return whether a test is run again because it failed.
  boolean isRetry(int test) {
    return entries[test].lastCounted() != null;
  }

  /// Return whether a test that waits in a batch may be given to another: it has begun nowhere and
  /// is no retry, which would then start in two places at once.
  boolean canMove(int test) {
    TestEntry entry = entries[test];
    return entry.mayBeCopied()
        && !isRetry(test)
        && entry.heldHedge == null
        && entry.copies.size() < MOST_COPIES
        && (entry.primary == null || !entry.primary.isInFlight(test))
        && entry.copies.stream().noneMatch(copy -> copy.isInFlight(test));
  }

  /// Return whether this batch is the last one that was given the test, so that the others would
  /// only do it a second time.
  boolean isResponsible(Batch batch, int test) {
    TestEntry entry = entries[test];
    return entry.copies.isEmpty() ? entry.primary == batch : entry.copies.getLast() == batch;
  }

  /// Return whether a test may be given to one more sandbox because nothing is heard of those that
  /// have it. One that runs in two of them may be what silences them: it waits for their end.
  boolean mayRescue(int test) {
    TestEntry entry = entries[test];
    Batch primary = entry.primary;
    return primary != null
        && primary.sandbox.silent
        && entry.copies.stream().allMatch(copy -> copy.sandbox.silent)
        && entry.mayBeCopied()
        && entry.heldHedge == null
        && entry.copies.size() < MOST_COPIES
        && !(primary.isInFlight(test)
            && entry.copies.stream().anyMatch(copy -> copy.isInFlight(test)));
  }

  TestId id(int test) {
    return suite.get(test).id();
  }

  /// Return how many files the tests of a batch are in.
  int files(Batch batch) {
    return (int)
        Arrays.stream(batch.tests).mapToObj(test -> suite.get(test).file()).distinct().count();
  }

  List<TestId> ids(List<Integer> tests) {
    return tests.stream().map(this::id).toList();
  }

  /// Return and forget a batch that runs tests none of which is needed any more.
  @Nullable Batch pollSuperfluous() {
    return superfluous.poll();
  }

  /// Note that a batch will run these tests.
  void assign(Batch batch) {
    for (int test : batch.tests) {
      TestEntry entry = entries[test];
      if (batch.purpose == Purpose.HEDGE) {
        entry.copies = plus(entry.copies, batch);
      } else if (batch.purpose == Purpose.WORK) {
        entry.primary = batch;
      }
    }
  }

  /// Note the start of a test; the flight has no attempt number when nobody needs it.
  Flight begin(Batch batch, int test, long startedAt) {
    TestEntry entry = entries[test];
    int attempt = entry.isOf(batch) ? ++entry.attempts : 0;
    if (attempt > 0) {
      out.emit(new RunEvent.AttemptStarted(id(test), attempt, batch.id, batch.sandbox.id));
    }
    long limit = suite.get(test).timeout().toNanos();
    long deadline = limit <= 0 || limit > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : startedAt + limit;
    return new Flight(test, attempt, startedAt, deadline);
  }

  /// Judge what a sandbox said of a test.
  ///
  /// @param flight its start; already taken off the batch
  void finish(Batch batch, Flight flight, AttemptReport report) {
    TestEntry entry = entries[flight.test()];
    if (!entry.isOf(batch)) {
      return;
    }
    tell(batch, flight, report);
    boolean isCopy = entry.copies.contains(batch);
    entry.release(batch);
    switch (report.outcome()) {
      case PASSED, SKIPPED -> succeed(entry, report);
      case FAILED, ERRORED, TIMED_OUT, CRASHED -> {
        Failure failure =
            new Failure(entry.test, batch.sandbox, report.outcome(), report.message());
        if (isCopy && entry.primary != null) {
          entry.heldHedge = failure;
        } else {
          charge(entry, failure);
        }
      }
      case NOT_REPORTED -> {
        if (!isCopy) {
          unreported(entry, report.message());
        }
      }
      case LOST -> giveBack(entry, isCopy);
    }
  }

  /// Judge a test that was in flight when its sandbox died.
  ///
  /// @param alone whether no other test was in flight, so that this one may have killed it
  /// @param losses how many sandboxes were lost in the run, this one included: when some died
  ///   without this test, it takes one more to blame it
  void diedInFlight(Batch batch, Flight flight, Death death, boolean alone, int losses) {
    TestEntry entry = entries[flight.test()];
    if (!entry.isOf(batch)) {
      return;
    }
    String message = "sandbox " + batch.sandbox + " died: " + death.inWords();
    tell(batch, flight, report(Outcome.LOST, flight, message, ""));
    boolean isCopy = entry.copies.contains(batch);
    entry.release(batch);
    if (isCopy) {
      entry.deathsOfCopies += alone ? 1 : 0;
      giveBack(entry, true);
      return;
    }
    if (alone) {
      entry.deaths = plus(entry.deaths, evidence(batch.sandbox.id, death));
    }
    entry.suspect = true;
    queue.limitCompany(entry.test, 1);
    if (isCovered(entry)) {
      return;
    }
    int deaths = entry.deaths.size();
    if (deaths >= deathsToBlame(losses - deaths - entry.deathsOfCopies)) {
      String times = deaths == 2 ? "twice" : deaths + " times";
      String evidence = String.join(", ", entry.deaths);
      decide(entry, Verdict.FAILED, "its sandbox died while it ran, " + times + ": " + evidence);
    } else {
      queue.suspect(entry.test);
    }
  }

  /// Return how many deaths blame a test: two where no sandbox died without it, else one more for
  /// every fourfold of such losses, since they hit any test that runs.
  private static int deathsToBlame(int losses) {
    int doublings = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, losses));
    return 2 + (doublings + 1) / 2;
  }

  private static String evidence(SandboxId sandbox, Death death) {
    boolean isKnown = death.cause() != Death.Cause.EXITED && death.cause() != Death.Cause.UNKNOWN;
    String cause =
        death.exitCode().isPresent() && !isKnown
            ? "exit " + death.exitCode().getAsInt()
            : death.cause().inWords();
    return cause + " in " + sandbox;
  }

  /// Take back a test in flight whose batch ended through no fault of its own.
  void takeBack(Batch batch, Flight flight, String why) {
    finish(batch, flight, report(Outcome.LOST, flight, why, ""));
  }

  /// Take back one of several tests in flight, one of which ended their process; the next time it
  /// runs alone.
  void isolate(Batch batch, Flight flight, String why) {
    queue.limitCompany(flight.test(), 1);
    takeBack(batch, flight, why);
  }

  /// Take back a test that never began. Its batch ended early, which says nothing of this test.
  void returnWaiting(Batch batch, int test) {
    TestEntry entry = entries[test];
    if (entry.isOf(batch)) {
      boolean isCopy = entry.copies.contains(batch);
      entry.release(batch);
      giveBack(entry, isCopy);
    }
  }

  /// Let the next batch of a test have no more than this number of tests.
  void limitCompany(int test, int size) {
    queue.limitCompany(test, size);
  }

  /// Take back a test whose batch died without having said anything of any test.
  ///
  /// @param losses how many sandboxes were lost in the run, this one included
  void returnFromSilentDeath(Batch batch, int test, int losses) {
    TestEntry entry = entries[test];
    if (entry.isOf(batch) && batch.tests.length == 1) {
      int deaths = ++entry.silentDeaths;
      if (deaths >= SILENT_DEATHS + deathsToBlame(losses - deaths)) {
        entry.release(batch);
        decideNotRun(entry, "its sandbox died " + deaths + " times before the test began");
        return;
      }
    }
    queue.limitCompany(test, (batch.tests.length + 1) / 2);
    returnWaiting(batch, test);
  }

  /// Take back a test whose batch ended before any test of it. One that is alone in such a batch
  /// twice is not run.
  void returnFromEmptyBatch(Batch batch, int test, String evidence) {
    TestEntry entry = entries[test];
    if (!entry.isOf(batch)) {
      return;
    }
    if (entry.uncertain && entry.primary == batch) {
      entry.release(batch);
      park(entry);
      return;
    }
    queue.limitCompany(test, batch.tests.length / 4);
    if (batch.tests.length == 1 && ++entry.emptyEnds >= SILENCES && entry.primary == batch) {
      entry.release(batch);
      if (!isCovered(entry)) {
        decideNotRun(entry, evidence);
      }
      return;
    }
    returnWaiting(batch, test);
  }

  /// Judge a test of which a command that ended well said nothing, or not the end.
  void notReported(Batch batch, int test, @Nullable Flight begun, String diagnosis) {
    TestEntry entry = entries[test];
    if (!entry.isOf(batch)) {
      return;
    }
    if (begun != null) {
      queue.limitCompany(test, 1);
    }
    Flight flight =
        begun != null ? begun : new Flight(test, ++entry.attempts, out.now(), Long.MAX_VALUE);
    boolean twice = begun != null && entry.unreported > 0 && batch.tests.length == 1;
    Outcome outcome = twice ? Outcome.CRASHED : Outcome.NOT_REPORTED;
    finish(batch, flight, AttemptReport.of(outcome, Duration.ZERO, diagnosis, ""));
  }

  private void unreported(TestEntry entry, String diagnosis) {
    if (entry.uncertain) {
      park(entry);
      return;
    }
    entry.unreported++;
    if (isCovered(entry)) {
      return;
    }
    if (entry.unreported >= SILENCES) {
      decideNotRun(entry, "not reported by its command, twice: " + diagnosis);
    } else {
      requeue(entry);
    }
  }

  /// A test of which its command says nothing may not be there: it waits until that is known.
  private void park(TestEntry entry) {
    entry.parked = !isCovered(entry);
  }

  /// Hold the failures of a sandbox against their tests for good.
  void confirm(PoolSandbox sandbox) {
    List<Failure> doubts = List.copyOf(sandbox.doubts);
    sandbox.doubts.clear();
    for (Failure failure : doubts) {
      if (failure.standing == Standing.DOUBTFUL) {
        failure.standing = Standing.FIRM;
      }
    }
    doubts.forEach(failure -> review(entries[failure.test]));
  }

  /// Hold the failures of a sandbox in which nothing passed against their tests, for want of any
  /// comparison; only a test that ended well elsewhere is believed.
  void confirmByDefault(PoolSandbox sandbox) {
    for (Failure failure : sandbox.doubts) {
      if (sandbox.passes == 0 && entries[failure.test].success != null) {
        failure.standing = Standing.VOID;
      }
    }
    confirm(sandbox);
  }

  /// Void the failures of a sandbox since its last pass and have their tests judged elsewhere.
  ///
  /// @return the tests whose failures are void
  List<TestId> voidDoubts(PoolSandbox sandbox) {
    List<Failure> doubts = List.copyOf(sandbox.doubts);
    sandbox.doubts.clear();
    Set<Integer> tests = new TreeSet<>();
    doubts.forEach(failure -> tests.add(failure.test));
    List<TestId> rejudged = new ArrayList<>();
    for (int test : tests) {
      if (voidIn(entries[test], sandbox)) {
        rejudged.add(id(test));
      }
    }
    return rejudged;
  }

  private boolean voidIn(TestEntry entry, PoolSandbox sandbox) {
    boolean isVoid = !entry.hasVerdict && ++entry.voids <= VOIDS;
    for (Failure failure : entry.failures) {
      if (failure.sandbox == sandbox && failure.standing == Standing.DOUBTFUL) {
        failure.standing = isVoid ? Standing.VOID : Standing.FIRM;
      }
    }
    boolean isReopened =
        isVoid && entry.closed && entry.success == null && entry.counted() <= retries(entry);
    if (isReopened) {
      entry.closed = false;
      heldFailed -= weight(entry);
      requeue(entry);
    } else {
      review(entry);
    }
    return isVoid;
  }

  /// Decide all that is undecided: what has failed is failed, the rest is not run.
  void decideRest(String reason) {
    for (TestEntry entry : entries) {
      if (!entry.hasVerdict) {
        if (entry.success != null) {
          entry.failures.stream()
              .filter(failure -> failure.standing == Standing.DOUBTFUL)
              .forEach(failure -> failure.standing = Standing.FIRM);
          review(entry);
        } else {
          decideNotRun(entry, reason);
        }
      }
    }
  }

  private void succeed(TestEntry entry, AttemptReport report) {
    entry.success = report;
    entry.heldHedge = null;
    close(entry);
    review(entry);
  }

  private void charge(TestEntry entry, Failure failure) {
    entry.heldHedge = null;
    boolean failedElsewhere =
        entry.failures.stream().anyMatch(earlier -> earlier.sandbox != failure.sandbox);
    entry.failures = plus(entry.failures, failure);
    if (isAlone) {
      failure.standing = Standing.FIRM;
    } else {
      failure.sandbox.doubts.add(failure);
      failure.sandbox.streak += failedElsewhere ? 0 : 1;
    }
    if (failure.outcome == Outcome.CRASHED || failure.outcome == Outcome.TIMED_OUT) {
      queue.limitCompany(entry.test, 1);
    }
    if (entry.counted() > retries(entry)) {
      close(entry);
      heldFailed += weight(entry);
      review(entry);
    } else if (!entry.promoteCopy()) {
      queue.retry(entry.test, failure.sandbox.id.number());
    }
  }

  /// Decide a closed test as soon as nothing of it is in doubt.
  private void review(TestEntry entry) {
    if (!entry.closed || entry.hasVerdict) {
      return;
    }
    Failure last = entry.lastCounted();
    if (last == null) {
      if (entry.success != null) {
        boolean skipped = entry.success.outcome() == Outcome.SKIPPED;
        decide(entry, skipped ? Verdict.SKIPPED : Verdict.PASSED, reasonOf(entry.success));
      }
    } else if (!entry.hasDoubt() || (entry.success == null && entry.isConclusive())) {
      boolean passed = entry.success != null && entry.success.outcome() == Outcome.PASSED;
      String reason = last.inWords();
      decide(entry, passed ? Verdict.FLAKY : Verdict.FAILED, reason);
    }
  }

  private static String reasonOf(AttemptReport success) {
    return success.outcome() == Outcome.SKIPPED ? success.message() : "";
  }

  private void decideNotRun(TestEntry entry, String reason) {
    Failure last = entry.lastFirm();
    if (last == null) {
      decide(entry, Verdict.NOT_RUN, "not run: " + reason);
    } else {
      boolean retried = entry.counted() > retries(entry);
      String words = last.inWords();
      decide(entry, Verdict.FAILED, retried ? words : words + " (not retried: " + reason + ")");
    }
  }

  /// A quarantined test is no reason to stop.
  private int weight(TestEntry entry) {
    return suite.get(entry.test).quarantined() ? 0 : 1;
  }

  private void decide(TestEntry entry, Verdict verdict, String reason) {
    if (!entry.closed) {
      close(entry);
    } else if (entry.success == null) {
      heldFailed -= weight(entry);
    }
    entry.hasVerdict = true;
    RunEvent.TestDecided decided = new RunEvent.TestDecided(id(entry.test), verdict, reason);
    if (entry.uncertain && (verdict == Verdict.FAILED || verdict == Verdict.NOT_RUN)) {
      entry.held = decided;
    } else {
      tell(entry, decided);
    }
  }

  private void tell(TestEntry entry, RunEvent.TestDecided decided) {
    undecided--;
    decidedFailed |= decided.verdict() == Verdict.FAILED && weight(entry) > 0;
    out.emit(decided);
  }

  private void close(TestEntry entry) {
    entry.closed = true;
    drop(entry, entry.primary);
    entry.copies.forEach(copy -> drop(entry, copy));
    entry.primary = null;
    entry.copies = List.of();
  }

  private void drop(TestEntry entry, @Nullable Batch batch) {
    if (batch == null) {
      return;
    }
    Flight flight = batch.drop(entry.test);
    if (flight != null && flight.attempt() > 0) {
      tell(batch, flight, report(Outcome.LOST, flight, "not needed any more", ""));
    }
    if (batch.isSuperfluous()) {
      superfluous.add(batch);
    }
  }

  private void giveBack(TestEntry entry, boolean isCopy) {
    if (!isCopy && !isCovered(entry)) {
      requeue(entry);
    }
  }

  /// Bring a test back to the front, as a retry if it has failed before.
  private void requeue(TestEntry entry) {
    Failure counted = entry.lastCounted();
    Failure last = counted != null || entry.failures.isEmpty() ? counted : entry.failures.getLast();
    if (last == null) {
      queue.giveBack(entry.test);
    } else {
      queue.retry(entry.test, last.sandbox.id.number());
    }
  }

  /// Return whether a copy of the test answers for it, now that its primary cannot.
  private boolean isCovered(TestEntry entry) {
    if (entry.promoteCopy()) {
      return true;
    }
    Failure held = entry.heldHedge;
    entry.heldHedge = null;
    if (held != null && held.sandbox.isLive()) {
      charge(entry, held);
      return true;
    }
    return false;
  }

  private int retries(TestEntry entry) {
    return suite.get(entry.test).retries();
  }

  AttemptReport report(Outcome outcome, Flight flight, String message, String details) {
    Duration ran = Duration.ofNanos(Math.max(0, out.now() - flight.startedAt()));
    return AttemptReport.of(outcome, ran, message, details);
  }

  private void tell(Batch batch, Flight flight, AttemptReport report) {
    out.emit(
        new RunEvent.AttemptFinished(
            id(flight.test()),
            flight.attempt(),
            batch.id,
            batch.sandbox.id,
            out.sinceStart(flight.startedAt()),
            report));
  }

  private static <T> List<T> plus(List<T> list, T more) {
    List<T> longer = new ArrayList<>(list);
    longer.add(more);
    return longer;
  }
}
