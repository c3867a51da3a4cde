package dev.offload.engine.simulate;

import dev.offload.api.test.Verdict;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import java.util.stream.Stream;

/// Check a finished simulated run against what Offload promises.
final class Promises {
  private final Account account;
  private final Scenario scenario;
  private final boolean endedEarly;

  private Promises(Account account) {
    this.account = account;
    scenario = account.scenario;
    boolean anyNotRun = false;
    for (Verdict verdict : account.verdicts) {
      anyNotRun |= verdict == Verdict.NOT_RUN;
    }
    endedEarly = anyNotRun || account.canceled || scenario.plan().rules().failFast();
  }

  /// Add what is broken to the account's violations.
  static void check(Account account) {
    Promises promises = new Promises(account);
    account.lives.forEach((id, life) -> {
      int expected = life.startFailed ? 0 : 1;
      if (life.closes != expected && !(life.startFailed && life.closes == 1)) {
        account.violated(id + " was closed " + life.closes + " times");
      }
    });
    for (int test = 0; test < account.verdicts.length; test++) {
      promises.checkTest(test);
    }
  }

  private void checkTest(int test) {
    PlannedTest planned = scenario.plan().tests().get(test);
    VirtualTest truth = scenario.tests().get(test);
    Verdict verdict = account.verdicts[test];
    if (account.withdrawn[test] || (account.canceled && !account.isKnown(test))) {
      return;
    }
    if (scenario.arrivals().gone().contains(test) && !account.canceled) {
      account.violated(planned.id() + " is not there and was not withdrawn");
    }
    if (verdict == null) {
      account.violated(planned.id() + " has no verdict");
      return;
    }
    String is = planned.id() + " is " + verdict + " (" + account.reasons[test] + ")";
    boolean diedTwice = account.deathsInFlight[test] >= 2;
    if (!truth.canFail()
        && !account.tooSlow[test]
        && !account.nothingToCompare(test)
        && (verdict == Verdict.FLAKY || (verdict == Verdict.FAILED && !diedTwice))) {
      account.violated(is + " though it cannot fail by itself");
    }
    if (truth.neverPasses() && verdict != Verdict.FAILED && verdict != Verdict.NOT_RUN) {
      account.violated(is + " though it never passes");
    }
    // When a run stops, what is not certain to be there is decided then, and told later.
    boolean isStopped = verdict == Verdict.NOT_RUN && !scenario.isCertain(test) && endsRun(test);
    if (account.passed[test]
        && !isStopped
        && verdict != Verdict.PASSED
        && verdict != Verdict.FLAKY) {
      account.violated(is + " though it passed");
    }
    if (verdict == Verdict.NOT_RUN && !isTrueReason(account.reasons[test])) {
      account.violated(is + " for a reason that cannot be");
    }
    int charged = account.failures[test] - account.copyFailures[test] - account.voids[test];
    if (charged > planned.retries() + 1) {
      account.violated(
          is + " after " + charged + " failures, of which it may have " + (planned.retries() + 1));
    }
    int most = account.failures[test] - account.condemnations[test];
    // What follows "not retried" is a reason of the same kind.
    boolean saysWhy = account.reasons[test].contains("(not retried: ");
    if (verdict == Verdict.FAILED
        && most <= planned.retries()
        && !diedTwice
        && !endedEarly
        && !saysWhy) {
      account.violated(is + " before its retries were used up");
    }
  }

  /// Whether what the dispatcher gives as its reason is one that ends the whole run.
  private boolean endsRun(int test) {
    return Stream.of("--fail-fast", "all this run allows", "can be started", " first test")
        .anyMatch(account.reasons[test]::contains);
  }

  /// Whether what the dispatcher gives as its reason can have happened in this scenario.
  private boolean isTrueReason(String reason) {
    Faults faults = scenario.faults();
    boolean odd = scenario.tests().stream().anyMatch(VirtualTest::neverPasses);
    boolean losses =
        faults.dieIdle() + faults.dieInBatch() + faults.hang() + faults.pause() > 0
            || faults.cancelIgnored() > 0
            || scenario.tests().stream()
                .anyMatch(truth -> truth.behaviour() == VirtualTest.Behaviour.KILLS);
    boolean infrastructure =
        losses
            || faults.dieStarting() + faults.startFails() + faults.unavailable() > 0
            || faults.notStarted() + faults.emptyEnd() > 0
            || faults.blackHoles() > 0;
    if (reason.contains("--fail-fast")) {
      return scenario.plan().rules().failFast();
    }
    if (reason.contains("interrupted")) {
      return account.canceled;
    }
    if (reason.contains("which is all this run allows") || reason.contains("can be started")) {
      return infrastructure;
    }
    if (reason.contains("not reported")) {
      return faults.halfLine() > 0;
    }
    if (reason.contains(" first test") || reason.contains("no sign of a test")) {
      return faults.emptyEnd() > 0 || (odd && faults.noStart() > 0);
    }
    if (reason.contains("before the test began")) {
      return losses;
    }
    return false;
  }
}
