package dev.offload.engine.simulate;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import dev.offload.engine.dispatch.Action;
import dev.offload.engine.dispatch.DispatchPlan.GroupRules;
import dev.offload.engine.dispatch.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keep account of one simulated run, from outside of the dispatcher: what was said to it, what it
/// did, and where that breaks a promise at once.
final class Account {
  private static final int MOST_VIOLATIONS = 20;

  final Scenario scenario;
  final List<String> violations = new ArrayList<>();
  final @Nullable Verdict[] verdicts;
  final String[] reasons;
  final boolean[] passed;
  final int[] deathsInFlight;
  final int[] failures;
  final int[] copyFailures;
  final int[] voids;
  final int[] condemnations;
  final int[] attempts;
  final boolean[] tooSlow;
  private final boolean[] failedInGood;
  private final boolean[] couldAsk;

  /// Which tests were said not to be there, and which are told to be withdrawn.
  final boolean[] gone;

  final boolean[] withdrawn;

  /// How many tests the dispatcher was told of.
  private int known;

  final Map<SandboxId, Life> lives = new HashMap<>();
  double makespan;
  double decidedAt;
  double used;
  double executed;
  int losses;
  int copies;
  int condemned;
  int steps;
  boolean canceled;
  private final Map<Integer, List<SandboxId>> failedIn = new HashMap<>();
  private final Map<TestId, Integer> indexes = new HashMap<>();
  private final Set<BatchId> copyBatches = new HashSet<>();
  private final Set<Long> openAttempts = new HashSet<>();
  private int mostLive;
  private int live;
  private boolean over;
  private boolean imageReady;

  /// What was seen of one sandbox.
  static final class Life {
    int closes;
    boolean ready;
    boolean startFailed;
    boolean dead;
    boolean silent;
    boolean gone;
    boolean passed;
    boolean told;
    boolean used;
    boolean passedLast;
    final Map<Integer, Integer> failures = new HashMap<>();
    @Nullable BatchId batch;
    List<Integer> tests = List.of();
    final Set<Integer> ended = new HashSet<>();

    boolean runs(String group, Scenario scenario) {
      return batch != null && scenario.plan().tests().get(tests.getFirst()).group().equals(group);
    }
  }

  Account(Scenario scenario) {
    this.scenario = scenario;
    int count = scenario.tests().size();
    verdicts = new @Nullable Verdict[count];
    reasons = new String[count];
    Arrays.fill(reasons, "");
    passed = new boolean[count];
    deathsInFlight = new int[count];
    failures = new int[count];
    copyFailures = new int[count];
    voids = new int[count];
    condemnations = new int[count];
    attempts = new int[count];
    tooSlow = new boolean[count];
    failedInGood = new boolean[count];
    couldAsk = new boolean[count];
    gone = new boolean[count];
    withdrawn = new boolean[count];
    known = scenario.opening().tests().size();
    for (int test = 0; test < count; test++) {
      indexes.put(scenario.plan().tests().get(test).id(), test);
    }
  }

  void violated(String promise) {
    if (violations.size() < MOST_VIOLATIONS) {
      violations.add(promise);
    }
  }

  void received(Message message) {
    steps++;
    switch (message) {
      case Message.SandboxReady(var id, String _, String _) -> life(id).ready = true;
      case Message.SandboxStartFailed(var id, var _) -> {
        life(id).startFailed = true;
        left(life(id));
      }
      case Message.SandboxDied(var id, var _) -> {
        Life life = life(id);
        if (!life.dead && life.closes == 0 && life.ready) {
          losses++;
        }
        life.dead = true;
        life.batch = null;
        left(life);
      }
      case Message.SandboxClosed(var id, var _) -> left(life(id));
      case Message.BatchEnded(var id, var batch, var _) -> {
        if (batch.equals(life(id).batch)) {
          life(id).batch = null;
          life(id).silent = false;
        }
      }
      case Message.SandboxSuspected(var id, var _) -> life(id).silent = true;
      case Message.SandboxHeard(var id) -> life(id).silent = false;
      case Message.TestFinished(var id, var batch, int test, var report) -> {
        Life life = life(id);
        boolean isTrue =
            batch.equals(life.batch)
                && Collections.binarySearch(life.tests, test) >= 0
                && life.ended.add(test);
        // What passes when the run is over already can be compared with nothing.
        life.passed |= isTrue && report.outcome() == Outcome.PASSED && verdicts[test] == null;
        life.told |= isTrue && report.outcome() != Outcome.SKIPPED;
        if (isTrue && report.outcome() == Outcome.PASSED) {
          life.failures.clear();
        }
        life.passedLast = isTrue ? report.outcome() == Outcome.PASSED : life.passedLast;
        if (isTrue) {
          executed += report.duration().toNanos() / 1e9;
          if (report.outcome() == Outcome.PASSED
              && !copyBatches.contains(batch)
              && verdicts[test] == null) {
            passed[test] = true;
          }
        }
      }
      case Message.Cancel _ -> canceled = true;
      case Message.ImageReady _ -> imageReady = true;
      case Message.TestsFound more -> known += more.tests().size();
      case Message.TestsWithdrawn(List<Integer> tests) -> tests.forEach(test -> gone[test] = true);
      case Message.Begin _,
          Message.DiscoveryEnded _,
          Message.TestStarted _,
          Message.SplitWanted _,
          Message.TimerFired _ -> {}
    }
  }

  private Life life(SandboxId id) {
    return lives.computeIfAbsent(id, _ -> new Life());
  }

  boolean isKnown(int test) {
    return test < known;
  }

  void closedInSilence(SandboxId id) {
    left(life(id));
  }

  private void left(Life life) {
    if (!life.gone) {
      life.gone = true;
      live--;
    }
  }

  void did(Action action, double seconds) {
    if (over) {
      violated("an action after the finish: " + action);
    }
    switch (action) {
      case Action.StartSandbox(var id) -> {
        if (lives.containsKey(id)) {
          violated("sandbox started twice: " + id);
        }
        if (!imageReady) {
          violated("sandbox started before there was an image: " + id);
        }
        life(id);
        live++;
        mostLive = Math.max(mostLive, live);
        if (live > scenario.plan().rules().maxParallel()) {
          violated("more sandboxes than allowed: " + live);
        }
      }
      case Action.RunBatch(var id, var batch, var tests) -> handed(id, batch, tests);
      case Action.CancelBatch(var id, var batch, boolean _) -> {
        Life life = life(id);
        if (life.dead || life.closes > 0 || !batch.equals(life.batch)) {
          violated("cancel of a batch that does not run: " + batch + " in " + id);
        }
      }
      case Action.CloseSandbox(var id) -> {
        life(id).closes++;
        life(id).batch = null;
      }
      case Action.SetTimer _ -> {}
      case Action.Emit(RunEvent event) -> emitted(event, seconds);
      case Action.Finish() -> over = true;
    }
  }

  private void handed(SandboxId id, BatchId batch, List<Integer> tests) {
    Life life = life(id);
    if (!life.ready || life.dead || life.closes > 0) {
      violated("work for a sandbox that is not there: " + id);
    }
    if (life.silent) {
      violated("work for a sandbox of which nothing is heard: " + id);
    }
    if (life.batch != null) {
      violated("two batches at a time in " + id);
    }
    if (tests.isEmpty() || !tests.equals(tests.stream().sorted().distinct().toList())) {
      violated("a batch out of collection order: " + tests);
    }
    for (int test : tests) {
      if (test >= known || gone[test]) {
        violated("work that is not there: t" + test);
        return;
      }
    }
    checkGroups(life, id, tests);
    life.used = true;
    life.batch = batch;
    life.tests = tests;
    life.ended.clear();
  }

  private void checkGroups(Life life, SandboxId id, List<Integer> tests) {
    for (int test : tests) {
      String group = scenario.plan().tests().get(test).group();
      GroupRules rules = scenario.plan().groups().getOrDefault(group, GroupRules.NONE);
      if (rules.fresh() && (life.used || tests.size() > 1)) {
        violated("a test that wants a fresh sandbox shares one: " + id);
      }
      if (rules.maxParallel() < Integer.MAX_VALUE
          && lives.values().stream().filter(other -> other.runs(group, scenario)).count()
              >= rules.maxParallel()) {
        violated("more tests of " + group + " at a time than " + rules.maxParallel());
      }
    }
  }

  private void emitted(RunEvent event, double seconds) {
    switch (event) {
      case RunEvent.TestDecided(TestId id, Verdict verdict, String reason) -> {
        int test = index(id);
        if (withdrawn[test]) {
          violated("a verdict for " + id + ", which is withdrawn");
        }
        if (verdicts[test] != null) {
          violated("two verdicts for " + id + ": " + verdicts[test] + ", " + verdict);
        }
        verdicts[test] = verdict;
        reasons[test] = reason;
        couldAsk[test] =
            verdict == Verdict.FAILED && lives.entrySet().stream().anyMatch(this::isGoodAndIdle);
        decidedAt = seconds;
      }
      case RunEvent.TestsWithdrawn(List<TestId> tests) -> {
        for (TestId id : tests) {
          int test = index(id);
          if (!gone[test]) {
            violated(id + " is withdrawn though it is there");
          }
          boolean isBad = verdicts[test] == Verdict.FAILED || verdicts[test] == Verdict.NOT_RUN;
          if (isBad && !canceled) {
            violated(id + " was " + verdicts[test] + " before it was known whether it is there");
          }
          withdrawn[test] = true;
        }
      }
      case RunEvent.BatchStarted batch -> {
        if (batch.hedge()) {
          copies++;
          copyBatches.add(batch.batch());
        } else {
          batch.tests().forEach(test -> checkPlace(index(test), batch.sandbox()));
        }
      }
      case RunEvent.SandboxCondemned(var sandbox, var _, var rejudged) -> {
        condemned++;
        Map<Integer, Integer> failedThere = life(sandbox).failures;
        for (TestId id : rejudged) {
          Integer count = failedThere.remove(index(id));
          voids[index(id)] += count == null ? 0 : count;
          condemnations[index(id)]++;
        }
      }
      case RunEvent.AttemptStarted(TestId id, int attempt, var _, var _) -> {
        if (!openAttempts.add(key(index(id), attempt))) {
          violated("attempt begins twice: " + id + " #" + attempt);
        }
        attempts[index(id)] = Math.max(attempts[index(id)], attempt);
      }
      case RunEvent.AttemptFinished finished -> attemptFinished(finished);
      case RunEvent.RunStarted _,
          RunEvent.PhaseStarted _,
          RunEvent.PhaseFinished _,
          RunEvent.TestsDiscovered _,
          RunEvent.DiscoveryEnded _,
          RunEvent.Warning _,
          RunEvent.Progress _,
          RunEvent.Degraded _,
          RunEvent.SandboxStarting _,
          RunEvent.SandboxReady _,
          RunEvent.SandboxStartFailed _,
          RunEvent.ShardSelected _,
          RunEvent.TestsQuarantined _,
          RunEvent.DurationsExpected _,
          RunEvent.SandboxSuspected _,
          RunEvent.SandboxHeard _,
          RunEvent.SandboxLost _,
          RunEvent.SandboxClosed _,
          RunEvent.BatchEnded _,
          RunEvent.RunFinished _ -> {}
    }
  }

  /// A test may return to the sandbox it failed in last only when no good one, in which it has not
  /// failed, has nothing to do.
  private void checkPlace(int test, SandboxId sandbox) {
    List<SandboxId> failed = failedIn.getOrDefault(test, List.of());
    if (failed.isEmpty() || !failed.getLast().equals(sandbox)) {
      return;
    }
    lives.forEach((id, life) -> {
      boolean isFree = life.ready && !life.dead && life.closes == 0 && life.batch == null;
      if (isFree && life.passedLast && !failed.contains(id)) {
        violated("t" + test + " returned to " + sandbox + ", where it failed; " + id + " is free");
      }
    });
  }

  private void attemptFinished(RunEvent.AttemptFinished event) {
    int test = index(event.test());
    Outcome outcome = event.report().outcome();
    boolean begun = openAttempts.remove(key(test, event.attempt()));
    if (!begun && outcome != Outcome.NOT_REPORTED && outcome != Outcome.LOST) {
      violated("attempt ends without having begun: " + event.test() + " #" + event.attempt());
    }
    if (verdicts[test] != null || withdrawn[test]) {
      violated("attempt ends after the verdict: " + event.test());
    }
    if (outcome.isFailure()) {
      failures[test]++;
      life(event.sandbox()).failures.merge(test, 1, Integer::sum);
      failedInGood[test] |= !isBlackHole(event.sandbox());
      if (copyBatches.contains(event.batch())) {
        copyFailures[test]++;
      }
      failedIn.computeIfAbsent(test, _ -> new ArrayList<>()).add(event.sandbox());
    }
    if (outcome != Outcome.LOST) {
      used += event.report().duration().toNanos() / 1e9;
    }
  }

  private static long key(int test, int attempt) {
    return ((long) test << 32) | attempt;
  }

  private int index(TestId id) {
    Integer index = indexes.get(id);
    if (index == null) {
      throw new IllegalStateException("an event of a test that is not planned: " + id);
    }
    return index;
  }

  private boolean isBlackHole(SandboxId sandbox) {
    return sandbox.number() <= scenario.faults().blackHoles();
  }

  private boolean isGoodAndIdle(Map.Entry<SandboxId, Life> entry) {
    Life life = entry.getValue();
    boolean isFree = life.ready && !life.dead && life.closes == 0 && life.batch == null;
    return isFree && !life.told && !isBlackHole(entry.getKey());
  }

  /// Return whether a test that failed only in black holes could be compared with nothing: in no
  /// other sandbox did any test pass, and none that had said nothing yet was there to be asked.
  boolean nothingToCompare(int test) {
    boolean couldWait = !canceled && !scenario.plan().rules().failFast();
    return failures[test] > 0
        && !failedInGood[test]
        && !(couldWait && couldAsk[test])
        && lives.entrySet().stream()
            .noneMatch(entry -> entry.getValue().passed && !isBlackHole(entry.getKey()));
  }

  /// Note that a test took longer than its limit, in a slow sandbox: it fails rightly.
  void tooSlow(int test) {
    tooSlow[test] = true;
  }

  void diedWhileRunning(int test) {
    if (test >= 0) {
      deathsInFlight[test]++;
    }
  }

  /// Take the seconds of a test execution that led to nothing.
  void wasted(double seconds) {
    executed += seconds;
  }

  void ended(boolean finished, String why, double seconds) {
    makespan = seconds;
    if (!finished) {
      violated("the run does not end: " + why);
    }
    if (finished && !canceled && known < scenario.tests().size()) {
      violated("the run ends before all of its tests are known");
    }
    if (finished && !openAttempts.isEmpty()) {
      violated(openAttempts.size() + " attempts begin and do not end");
    }
  }
}
