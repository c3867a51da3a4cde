package dev.offload.engine.dispatch;

import static dev.offload.api.test.Outcome.CRASHED;
import static dev.offload.api.test.Outcome.ERRORED;
import static dev.offload.api.test.Outcome.FAILED;
import static dev.offload.api.test.Outcome.LOST;
import static dev.offload.api.test.Outcome.NOT_REPORTED;
import static dev.offload.api.test.Outcome.PASSED;
import static dev.offload.api.test.Outcome.SKIPPED;
import static dev.offload.api.test.Outcome.TIMED_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.engine.dispatch.DispatchPlan.Rules;
import dev.offload.engine.dispatch.Message.BatchEnd;
import dev.offload.engine.dispatch.Message.StartFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  // Verdicts

  @Test
  void aPassIsPassedAndTheRunFinishesOnceEverythingIsClosed() {
    Play play = Play.of(2, 0, 1).ready(1).runsAll(1, PASSED);
    assertThat(play.decided()).containsExactly("t0 PASSED", "t1 PASSED");
    assertThat(play.actions(Action.CloseSandbox.class)).hasSize(1);
    assertThat(play.isFinished()).isFalse();
    assertThat(play.closed(1).isFinished()).isTrue();
  }

  @Test
  void aSkipIsSkipped() {
    assertThat(Play.of(1, 2, 1).ready(1).runsAll(1, SKIPPED).decided())
        .containsExactly("t0 SKIPPED");
  }

  @Test
  void aFailureUsesUpTheRetriesAndThenFails() {
    Play play = Play.of(1, 2, 1).ready(1).runsAll(1, FAILED).runsAll(1, ERRORED);
    assertThat(play.decided()).isEmpty();
    assertThat(play.runsAll(1, FAILED).decided()).containsExactly("t0 FAILED: boom 0");
  }

  @Test
  void aPassAfterAFailureIsFlaky() {
    Play play = Play.of(1, 2, 1).ready(1).runsAll(1, FAILED).runsAll(1, PASSED);
    assertThat(play.decided()).containsExactly("t0 FLAKY: boom 0");
  }

  @Test
  void aRetryGoesToAnotherSandbox() {
    Play play = Play.of(4, 1, 2).ready(1, 2);
    int first = play.testsIn(1).getFirst();
    play.runs(1, first, FAILED);
    for (int test : play.testsIn(1).subList(1, play.testsIn(1).size())) {
      play.runs(1, test, PASSED);
    }
    play.ends(1, 1);
    assertThat(play.testsIn(1)).doesNotContain(first);
    play.runsAll(2, PASSED);
    while (!play.testsIn(2).contains(first)) {
      play.runsAll(2, PASSED);
    }
    play.runsAll(2, PASSED);
    while (!play.running.isEmpty()) {
      play.runsAll(play.running.keySet().iterator().next().number(), PASSED);
    }
    assertThat(play.decided()).contains("t" + first + " FLAKY: boom " + first);
  }

  @Test
  void aRetryDoesNotReturnToAProvenSandboxWhileAnotherIsReady() {
    Play play = Play.of(4, 1, 2).ready(1, 2);
    int failed = play.testsIn(1).getFirst();
    play.runs(1, failed, FAILED).runs(1, play.testsIn(1).getLast(), PASSED);
    int other = play.testsIn(2).getFirst();
    play.runs(2, other, PASSED).runs(2, play.testsIn(2).getLast(), FAILED).ends(2, 1).ends(1, 1);
    assertThat(play.testsIn(2)).containsExactly(failed);
  }

  @Test
  void aRetryDoesNotWaitForTheSandboxItFailedInWhenAnotherHasRunNothing() {
    Play play = Play.of(4, 1, 2).ready(1);
    int failed = play.testsIn(1).getFirst();
    play.runs(1, failed, FAILED).runs(1, play.testsIn(1).getLast(), PASSED).ends(1, 1);
    while (!play.running.isEmpty()) {
      play.runsAll(1, PASSED);
    }
    play.ready(2);
    assertThat(play.testsIn(2)).containsExactly(failed);
  }

  @Test
  void anAttemptInADyingSandboxIsLostAndChargesNothing() {
    Play play = Play.of(3, 0, 1).ready(1).runs(1, 0, PASSED).started(1, 1).died(1);
    assertThat(play.outcomes(1)).containsExactly(LOST);
    assertThat(play.events(RunEvent.SandboxLost.class).getFirst().inFlight())
        .extracting(Object::toString)
        .containsExactly("t1");
    play.closed(1).ready(2);
    assertThat(play.testsIn(2)).as("the suspect runs alone").containsExactly(1);
    play.runsAll(2, PASSED);
    assertThat(play.testsIn(2)).containsExactly(2);
    assertThat(play.runsAll(2, PASSED).decided())
        .containsExactly("t0 PASSED", "t1 PASSED", "t2 PASSED");
  }

  @Test
  void aTestInFlightAtTwoDeathsIsFailedWithTheEvidenceOfBoth() {
    Play play = Play.of(2, 0, 1).ready(1).started(1, 0).died(1).closed(1).ready(2);
    play.started(2, 0).died(2);
    assertThat(play.decided())
        .containsExactly(
            "t0 FAILED: its sandbox died while it ran, twice: exit 137 in sb-1, exit 137 in sb-2");
    play.closed(2).ready(3).runsAll(3, PASSED);
    assertThat(play.decided()).hasSize(2).contains("t1 PASSED");
  }

  @Test
  void whereOtherSandboxesDieTooItTakesOneDeathMoreToBlameATest() {
    Play play = Play.of(2, 0, 1).ready(1).died(1).closed(1).ready(2);
    play.started(2, 0).died(2).closed(2).ready(3).started(3, 0).died(3);
    assertThat(play.decided()).isEmpty();
    play.closed(3).ready(4).runsAll(4, PASSED).runsAll(4, PASSED);
    assertThat(play.decided()).containsExactlyInAnyOrder("t0 PASSED", "t1 PASSED");
  }

  @Test
  void whereManySandboxesDieWithoutATestMoreDeathsAreNeededToBlameIt() {
    Play play = new Play(new DispatchPlan(Play.tests(2, 0), Play.rules(1, false, false, 20)));
    int sandbox = 1;
    while (sandbox <= 5) {
      play.ready(sandbox).died(sandbox).closed(sandbox);
      sandbox++;
    }
    for (int death = 1; death <= 3; death++) {
      play.ready(sandbox).started(sandbox, 0).died(sandbox).closed(sandbox);
      sandbox++;
    }
    assertThat(play.decided()).isEmpty();
    play.ready(sandbox).started(sandbox, 0).died(sandbox);
    assertThat(play.decided())
        .anyMatch(text -> text.startsWith("t0 FAILED: its sandbox died while it ran, 4 times"));
  }

  @Test
  void aSuspectGetsAFreshSandboxThoughOthersAreIdle() {
    Play play = Play.of(2, 0, 2).ready(1, 2).started(1, 0);
    play.runsAll(2, PASSED).died(1);
    assertThat(play.testsIn(2)).isEmpty();
    assertThat(play.actions(Action.StartSandbox.class)).hasSize(3);
    assertThat(play.ready(3).testsIn(3)).containsExactly(0);
  }

  @Test
  void aProcessThatEndsInATestCrashesThatTestAlone() {
    Play play = Play.of(3, 1, 1).ready(1).started(1, 0).crashes(1);
    assertThat(play.outcomes(0)).containsExactly(CRASHED);
    while (!play.running.isEmpty()) {
      if (play.testsIn(1).contains(0)) {
        assertThat(play.testsIn(1)).as("one that crashed runs alone").containsExactly(0);
        play.started(1, 0).crashes(1);
      } else {
        play.runsAll(1, PASSED);
      }
    }
    assertThat(play.decided())
        .containsExactlyInAnyOrder(
            "t0 FAILED: its process ended while it ran: signal 11 (SIGSEGV)",
            "t1 PASSED",
            "t2 PASSED");
  }

  @Test
  void aTestTheCommandSaysNothingOfIsTriedAgainAndThenNotRun() {
    Play play = Play.of(2, 0, 1).ready(1).runs(1, 0, PASSED).ends(1, 0);
    assertThat(play.outcomes(1)).containsExactly(NOT_REPORTED);
    assertThat(play.testsIn(1)).containsExactly(1);
    assertThat(play.ends(1, 0).decided().getLast())
        .isEqualTo(
            "t1 NOT_RUN: not run: not reported by its command, twice: its command ended"
                + " (exit code 0) and said nothing of it");
  }

  @Test
  void resultsOfOtherBatchesAndOtherTestsAndSecondOnesAreIgnored() {
    Play play = Play.of(2, 0, 1).ready(1);
    AttemptReport failed = AttemptReport.of(FAILED, Duration.ZERO, "false", "");
    play.send(new Message.TestFinished(Play.sb(1), new BatchId(77), 0, failed));
    play.send(new Message.TestFinished(Play.sb(2), play.batch(1), 0, failed));
    play.send(new Message.TestFinished(Play.sb(1), play.batch(1), 99, failed));
    play.runs(1, 0, PASSED);
    play.send(new Message.TestFinished(Play.sb(1), play.batch(1), 0, failed));
    BatchId over = play.batch(1);
    play.runs(1, 1, PASSED).ends(1, 0);
    play.send(new Message.TestFinished(Play.sb(1), over, 1, failed));
    assertThat(play.decided()).containsExactly("t0 PASSED", "t1 PASSED");
    assertThat(play.outcomes(0)).containsExactly(PASSED);
  }

  // Time

  @Test
  void aTestBeyondItsLimitIsEndedAndTimedOutAndItsNeighboursGoOn() {
    Play play = Play.of(2, 0, 1).ready(1).started(1, 0).pass(9);
    assertThat(play.actions(Action.CancelBatch.class)).isEmpty();
    play.pass(2);
    assertThat(play.actions(Action.CancelBatch.class))
        .singleElement()
        .satisfies(cancel -> assertThat(cancel.diagnose()).isTrue());
    play.ends(1, new BatchEnd.Cancelled("Thread 0x1 in test_wait"));
    assertThat(play.outcomes(0)).containsExactly(TIMED_OUT);
    assertThat(play.decided()).containsExactly("t0 FAILED: ran longer than its limit of 10 s");
    assertThat(play.testsIn(1)).containsExactly(1);
  }

  @Test
  void aSandboxThatDoesNotEndACancelledBatchIsGivenUp() {
    Play play = Play.of(1, 0, 1).ready(1).started(1, 0).pass(11).pass(5);
    assertThat(play.events(RunEvent.SandboxLost.class)).hasSize(1);
    play.closed(1).ready(2);
    assertThat(play.testsIn(2)).containsExactly(0);
    assertThat(play.runsAll(2, PASSED).decided()).containsExactly("t0 PASSED");
  }

  @Test
  void aTestWhoseEndWasLostIsNotTimedOutWhileOthersRun() {
    Play play = Play.of(30, 0, 1).ready(1);
    play.started(1, 0);
    for (int test : play.testsIn(1).subList(1, play.testsIn(1).size())) {
      play.started(1, test).pass(2).finished(1, test, PASSED);
    }
    assertThat(play.actions(Action.CancelBatch.class)).isEmpty();
    assertThat(play.outcomes(0)).isEmpty();
    play.ends(1, 0);
    assertThat(play.outcomes(0)).containsExactly(NOT_REPORTED);
  }

  @Test
  void aProcessThatShowsNoTestIsEndedAndTheTestIsNotBlamed() {
    Play play = Play.of(1, 0, 1).ready(1).pass(61).ends(1, new BatchEnd.Cancelled(""));
    assertThat(play.decided()).isEmpty();
    play.pass(61).ends(1, new BatchEnd.Cancelled(""));
    assertThat(play.decided())
        .containsExactly("t0 NOT_RUN: not run: its command showed no sign of a test for 60 s");
  }

  @Test
  void theTearDownOfTheLastBatchIsWaitedFor() {
    Play play = Play.of(1, 0, 1).ready(1).runs(1, 0, PASSED);
    assertThat(play.decided()).containsExactly("t0 PASSED");
    assertThat(play.actions(Action.CloseSandbox.class)).isEmpty();
    assertThat(play.actions(Action.CancelBatch.class)).isEmpty();
    assertThat(play.ends(1, 0).actions(Action.CloseSandbox.class)).hasSize(1);
  }

  // Sandboxes

  @Test
  void noMoreSandboxesAreStartedThanThereIsWorkFor() {
    assertThat(Play.of(3, 0, 50).actions(Action.StartSandbox.class)).hasSize(3);
    assertThat(Play.of(100, 0, 50).actions(Action.StartSandbox.class)).hasSize(50);
  }

  @Test
  void aProviderThatStartsNothingEndsTheRunWithItsWords() {
    Play play = Play.of(1, 0, 1);
    for (int sandbox = 1; sandbox <= 5; sandbox++) {
      play.send(
          new Message.SandboxStartFailed(Play.sb(sandbox), new StartFailure.Failed("no room")));
      play.pass(10);
    }
    assertThat(play.decided())
        .singleElement()
        .satisfies(
            decided -> assertThat(decided).startsWith("t0 NOT_RUN: not run:").contains("no room"));
    assertThat(play.isFinished()).isTrue();
  }

  @Test
  void aFatalStartFailureStopsStartsButNotTheSandboxesThatLive() {
    Play play = Play.of(4, 0, 2).ready(1);
    play.send(
        new Message.SandboxStartFailed(Play.sb(2), new StartFailure.Fatal("bad credentials")));
    while (!play.running.isEmpty()) {
      play.runsAll(1, PASSED);
    }
    assertThat(play.decided()).hasSize(4).allMatch(decided -> decided.endsWith("PASSED"));
    Play none = Play.of(1, 0, 1);
    none.send(
        new Message.SandboxStartFailed(Play.sb(1), new StartFailure.Fatal("bad credentials")));
    assertThat(none.decided())
        .containsExactly("t0 NOT_RUN: not run: no sandbox can be started: bad credentials");
  }

  @Test
  void aProviderWithoutQuotaIsAskedAgainLater() {
    Play play = Play.of(1, 0, 1);
    play.send(
        new Message.SandboxStartFailed(
            Play.sb(1), new StartFailure.Unavailable("quota", Duration.ofSeconds(30))));
    assertThat(play.pass(29).actions(Action.StartSandbox.class)).hasSize(1);
    assertThat(play.pass(2).actions(Action.StartSandbox.class)).hasSize(2);
    assertThat(play.ready(2).runsAll(2, PASSED).decided()).containsExactly("t0 PASSED");
  }

  @Test
  void aCommandThatNeverReachesATestEndsTheRunSoon() {
    Play play = Play.of(1000, 0, 4).ready(1, 2, 3, 4);
    for (int sandbox = 1; sandbox <= 4; sandbox++) {
      play.ends(
          sandbox, new BatchEnd.Ended("exit code 4", false, true, "unrecognized arguments: --x"));
    }
    assertThat(play.decided())
        .hasSize(1000)
        .allMatch(decided -> decided.contains("NOT_RUN") && decided.contains("--x"));
  }

  // Black holes

  @Test
  void aSandboxThatFailsWhatPassesElsewhereIsCondemnedAndItsFailuresAreVoid() {
    Play play = Play.of(40, 0, 2).ready(1, 2);
    var failed = play.testsIn(1);
    play.runsAll(1, FAILED);
    assertThat(play.decided()).as("nothing is decided while it may be the sandbox").isEmpty();
    play.runs(2, play.testsIn(2).getFirst(), PASSED);
    assertThat(play.testsIn(1)).as("it has to prove itself").hasSize(1);
    play.runsAll(1, FAILED);
    assertThat(play.events(RunEvent.SandboxCondemned.class))
        .singleElement()
        .satisfies(event -> assertThat(event.rejudged()).hasSize(failed.size()));
    for (int test : play.testsIn(2).subList(1, play.testsIn(2).size())) {
      play.runs(2, test, PASSED);
    }
    play.ends(2, 0);
    while (!play.running.isEmpty()) {
      play.runsAll(2, PASSED);
    }
    assertThat(play.decided()).hasSize(40).allMatch(decided -> decided.endsWith("PASSED"));
  }

  @Test
  void aSandboxIsNotCondemnedForOneTestThatMayFailByItself() {
    Play play = Play.of(40, 0, 2).ready(1, 2).runsAll(1, FAILED);
    int flaky = play.testsIn(2).get(0);
    int other = play.testsIn(2).get(1);
    play.runs(2, flaky, PASSED);
    assertThat(play.testsIn(1)).containsExactly(flaky);
    play.runs(2, other, PASSED).runsAll(1, FAILED);
    assertThat(play.events(RunEvent.SandboxCondemned.class)).isEmpty();
    assertThat(play.testsIn(1)).as("another test decides").containsExactly(other);
    play.runsAll(1, FAILED);
    assertThat(play.events(RunEvent.SandboxCondemned.class))
        .singleElement()
        .satisfies(event -> assertThat(event.reason()).contains("t" + flaky + ", t" + other));
  }

  @Test
  void aFailureIsInDoubtAlsoWhileThereIsNoRoomToCompareItsSandbox() {
    Play play = ofGroup(new DispatchPlan.GroupRules(2, false), 20, 2).ready(1, 2);
    int failed = play.testsIn(1).getFirst();
    play.runs(1, failed, FAILED).runs(2, play.testsIn(2).getFirst(), PASSED);
    play.send(new Message.Cancel("interrupted"));
    assertThat(play.decided()).contains("t" + failed + " NOT_RUN: not run: interrupted");
  }

  @Test
  void failFastWaitsForRoomToCompareASandbox() {
    Play play =
        new Play(
            new DispatchPlan(
                Play.tests(20, 0),
                Play.rules(2, true, false),
                Map.of("g", new DispatchPlan.GroupRules(2, false)),
                DispatchPlan.Continuation.NONE));
    play.ready(1, 2);
    int failed = play.testsIn(1).getFirst();
    int passed = play.testsIn(2).getFirst();
    play.runs(2, passed, PASSED).runs(1, failed, FAILED);
    assertThat(play.decided()).containsExactly("t" + passed + " PASSED");
    play.ends(1, new BatchEnd.Cancelled(""));
    assertThat(play.testsIn(1)).as("it has to prove itself").containsExactly(passed);
    play.runsAll(1, FAILED);
    assertThat(play.decided()).containsExactly("t" + passed + " PASSED");
  }

  @Test
  void failuresInASandboxThatProvesItselfCount() {
    Play play = Play.of(40, 0, 2).ready(1, 2);
    int count = play.testsIn(1).size();
    play.runsAll(1, FAILED).runs(2, play.testsIn(2).getFirst(), PASSED);
    play.runsAll(1, PASSED);
    assertThat(play.decided()).filteredOn(decided -> decided.contains("FAILED")).hasSize(count);
    assertThat(play.events(RunEvent.SandboxCondemned.class)).isEmpty();
  }

  @Test
  void aSuiteInWhichEverythingFailsFails() {
    Play play = Play.of(20, 0, 2).ready(1, 2);
    while (!play.running.isEmpty()) {
      int sandbox = play.running.keySet().iterator().next().number();
      play.runsAll(sandbox, FAILED);
    }
    assertThat(play.decided()).hasSize(20).allMatch(decided -> decided.contains("FAILED"));
  }

  @Test
  void withOneSandboxAFailureCountsAtOnce() {
    assertThat(Play.of(5, 0, 1).ready(1).runs(1, 0, FAILED).decided())
        .containsExactly("t0 FAILED: boom 0");
  }

  // Stopping

  @Test
  void failFastStopsAtTheFirstFinalFailure() {
    Play play = Play.of(20, 0, 2, true, false).ready(1, 2);
    int first = play.testsIn(1).get(0);
    int second = play.testsIn(1).get(1);
    play.runs(1, first, PASSED).runs(1, second, FAILED);
    assertThat(play.decided())
        .hasSize(20)
        .contains("t" + first + " PASSED", "t" + second + " FAILED: boom " + second)
        .contains("t19 NOT_RUN: not run: stopped after the first failure (--fail-fast)");
    assertThat(play.actions(Action.CancelBatch.class)).hasSize(2);
    play.ends(1, new BatchEnd.Cancelled("")).ends(2, new BatchEnd.Cancelled(""));
    assertThat(play.closed(1, 2).isFinished()).isTrue();
  }

  @Test
  void failFastLetsARetryDecide() {
    Play play = Play.of(1, 1, 1, true, false).ready(1).runsAll(1, FAILED);
    assertThat(play.decided()).isEmpty();
    assertThat(play.runsAll(1, PASSED).decided()).containsExactly("t0 FLAKY: boom 0");
  }

  @Test
  void aCancelClosesEverythingAtOnceAndKeepsWhatIsKnown() {
    Play play = Play.of(20, 0, 3).ready(1).runs(1, 0, PASSED).started(1, 1);
    play.send(new Message.Cancel("interrupted"));
    assertThat(play.decided())
        .hasSize(20)
        .contains("t0 PASSED", "t1 NOT_RUN: not run: interrupted");
    assertThat(play.actions(Action.CloseSandbox.class)).hasSize(3);
    assertThat(play.closed(1, 2, 3).isFinished()).isTrue();
  }

  @Test
  void aCloseThatIsNeverConfirmedDoesNotHoldTheRun() {
    Play play = Play.of(1, 0, 1).ready(1).runsAll(1, PASSED).pass(6);
    assertThat(play.isFinished()).isTrue();
    assertThat(play.events(RunEvent.Degraded.class)).hasSize(1);
  }

  // Copies

  @Test
  void aLateTestIsCopiedToAnIdleSandboxAndItsPassCounts() {
    Play play = Play.of(2, 0, 2, false, true).ready(1, 2).started(1, 0);
    play.runsAll(2, PASSED).pass(3);
    assertThat(play.testsIn(2)).containsExactly(0);
    assertThat(play.events(RunEvent.BatchStarted.class).getLast().hedge()).isTrue();
    play.runs(2, 0, PASSED);
    assertThat(play.decided()).contains("t0 PASSED");
    assertThat(play.actions(Action.CancelBatch.class)).hasSize(1);
  }

  @Test
  void theFailureOfACopyWaitsForTheOriginal() {
    Play play = Play.of(2, 0, 2, false, true).ready(1, 2).started(1, 0);
    play.runsAll(2, PASSED).pass(3).runsAll(2, FAILED);
    assertThat(play.decided()).containsExactly("t1 PASSED");
    assertThat(play.finished(1, 0, PASSED).decided()).contains("t0 PASSED");
  }

  // Silence

  /// Two sandboxes, the first of which has begun a test when nothing is heard of it any more.
  private static Play silent(int tests) {
    Play play = Play.of(tests, 0, 2, false, true).ready(1, 2);
    play.started(1, play.testsIn(1).getFirst());
    return play.send(new Message.SandboxSuspected(Play.sb(1), "no sign of life for 1.5 s"));
  }

  @Test
  void theTestsOfASilentSandboxGoToTheNextThatAsks() {
    Play play = silent(4);
    List<Integer> tests = play.testsIn(1);

    play.runsAll(2, PASSED);

    assertThat(play.testsIn(2)).isNotEmpty().isSubsetOf(tests).contains(tests.getFirst());
    assertThat(play.events(RunEvent.BatchStarted.class).getLast().hedge()).isTrue();
  }

  @Test
  void aSilentSandboxThatIsHeardAgainGoesOnAndWhoeverPassesFirstCounts() {
    Play play = silent(4);
    int test = play.testsIn(1).getFirst();
    play.runsAll(2, PASSED).started(2, test);

    play.send(new Message.SandboxHeard(Play.sb(1))).finished(1, test, PASSED);

    assertThat(play.decided()).contains("t" + test + " PASSED");
    assertThat(play.events(RunEvent.SandboxHeard.class)).hasSize(1);
    play.finished(2, test, FAILED);
    assertThat(play.decided()).noneMatch(decided -> decided.contains("FAILED"));
  }

  @Test
  void theFailureOfACopyCountsOnceTheSilentSandboxIsGivenUp() {
    Play play = silent(4);
    int test = play.testsIn(1).getFirst();
    play.runsAll(2, PASSED).runs(2, test, FAILED);
    assertThat(play.decided()).noneMatch(decided -> decided.contains("FAILED"));

    play.died(1).ends(2, 1).runsAll(2, PASSED);

    assertThat(play.decided()).contains("t" + test + " FAILED: boom " + test);
  }

  @Test
  void aSilentSandboxIsNotAskedToEndWhatWasDoneElsewhereButReplaced() {
    Play play = Play.of(40, 0, 2, false, true).ready(1, 2);
    play.send(new Message.SandboxSuspected(Play.sb(1), "no sign of life for 1.5 s"));
    List<Integer> tests = play.testsIn(1);

    for (int batch = 0; batch < 4 && play.actions(Action.CloseSandbox.class).isEmpty(); batch++) {
      play.runsAll(2, PASSED);
    }

    assertThat(play.actions(Action.CancelBatch.class)).isEmpty();
    assertThat(play.actions(Action.CloseSandbox.class))
        .containsExactly(new Action.CloseSandbox(Play.sb(1)));
    assertThat(play.outcomes(tests.getFirst())).containsExactly(PASSED);
    play.closed(1);
    assertThat(play.actions(Action.StartSandbox.class)).hasSize(3);
  }

  @Test
  void aSilentSandboxDoesNotHoldUpTheEnd() {
    Play play = silent(2);
    play.runsAll(2, PASSED);
    play.runsAll(2, PASSED);
    assertThat(play.decided()).hasSize(2).allMatch(decided -> decided.endsWith("PASSED"));
    assertThat(play.closed(1, 2).isFinished()).isTrue();
  }

  @Test
  void aTestThatSilencesTwoSandboxesIsGivenToNoThird() {
    Play play = Play.of(1, 0, 3, false, true).ready(1);
    play.started(1, 0).send(new Message.SandboxSuspected(Play.sb(1), "no sign of life"));
    play.ready(2);
    assertThat(play.testsIn(2)).containsExactly(0);
    play.started(2, 0).send(new Message.SandboxSuspected(Play.sb(2), "no sign of life"));
    assertThat(play.actions(Action.StartSandbox.class)).hasSize(2);
    play.died(1).died(2);
    assertThat(play.decided().getFirst())
        .contains("FAILED: its sandbox died while it ran, twice")
        .contains("sb-1", "sb-2");
  }

  @Test
  void aTestThatKillsTheSandboxOfItsCopyTooNeedsNoDeathMoreToBeBlamed() {
    Play play = Play.of(2, 0, 2, false, true).ready(1, 2).started(1, 0);
    play.runsAll(2, PASSED).pass(3).started(2, 0).died(2).closed(2).died(1).closed(1);
    assertThat(play.decided()).containsExactly("t1 PASSED");
    play.ready(3).started(3, 0).died(3);
    assertThat(play.decided())
        .contains(
            "t0 FAILED: its sandbox died while it ran, twice: exit 137 in sb-1, exit 137 in sb-3");
  }

  private static Play dyingBeforeTheTestBegins(int otherLosses) {
    Play play =
        new Play(
            new DispatchPlan(
                Play.tests(1, 0),
                Play.rules(1, false, false, 20),
                Map.of(),
                new DispatchPlan.Continuation(0, 0, otherLosses)));
    for (int sandbox = 1; play.decided().isEmpty(); sandbox++) {
      play.ready(sandbox).died(sandbox).closed(sandbox);
    }
    return play;
  }

  @Test
  void aTestWhoseSandboxesDieBeforeItBeginsIsNotRun() {
    assertThat(dyingBeforeTheTestBegins(0).decided())
        .containsExactly("t0 NOT_RUN: not run: its sandbox died 4 times before the test began");
  }

  @Test
  void whereSandboxesDieWithoutItTooItIsTriedMoreOften() {
    assertThat(dyingBeforeTheTestBegins(16).decided())
        .containsExactly("t0 NOT_RUN: not run: its sandbox died 7 times before the test began");
  }

  // Before any test is known

  private static Play foreseeing(int tests, double work, int maxParallel) {
    return Play.foreseeing(tests, work, maxParallel, 20).send(new Message.ImageReady());
  }

  @Test
  void sandboxesForTheTestsOfBeforeStartWhileTestsAreListed() {
    assertThat(foreseeing(100, 100, 4).actions(Action.StartSandbox.class)).hasSize(4);
    assertThat(foreseeing(2, 100, 4).actions(Action.StartSandbox.class)).hasSize(2);
    assertThat(foreseeing(1, 100, 4).actions(Action.StartSandbox.class)).hasSize(1);
  }

  @Test
  void nothingStartsBeforeThereIsAnImage() {
    Play play = Play.foreseeing(100, 100, 4, 20);
    play.send(new Message.TestsFound(Play.tests(4, 0), true));
    assertThat(play.actions(Action.StartSandbox.class)).isEmpty();
    play.send(new Message.ImageReady());
    assertThat(play.actions(Action.StartSandbox.class)).hasSize(4);
  }

  @Test
  void theTestsThatAreFoundGoToTheSandboxesThatWait() {
    Play play = foreseeing(100, 100, 2).ready(1, 2);
    play.send(new Message.TestsFound(Play.tests(2, 0), true)).send(new Message.DiscoveryEnded());
    play.runsAll(1, PASSED).runsAll(2, PASSED);
    assertThat(play.decided()).containsExactlyInAnyOrder("t0 PASSED", "t1 PASSED");
    assertThat(play.actions(Action.StartSandbox.class)).hasSize(2);
  }

  @Test
  void aSandboxThatDiesBeforeAnyTestIsKnownIsNotReplacedAndCostsNothing() {
    Play play =
        Play.foreseeing(100, 100, 1, 1).send(new Message.ImageReady()).ready(1).died(1).closed(1);
    assertThat(play.pass(60).actions(Action.StartSandbox.class)).hasSize(1);
    play.send(new Message.TestsFound(Play.tests(1, 0), true)).send(new Message.DiscoveryEnded());
    play.ready(2).runsAll(2, PASSED);
    assertThat(play.decided()).containsExactly("t0 PASSED");
  }

  @Test
  void whenThereIsNoTestTheSandboxesThatWaitAreClosed() {
    Play play = foreseeing(100, 100, 2).ready(1).send(new Message.DiscoveryEnded());
    assertThat(play.closed(1).closed(2).done).last().isInstanceOf(Action.Finish.class);
  }

  @Test
  void withoutHedgingNothingIsCopied() {
    Play play = Play.of(2, 0, 2).ready(1, 2).started(1, 0).runsAll(2, PASSED).pass(9);
    assertThat(play.testsIn(2)).isEmpty();
  }

  // An earlier part of the run

  private static Play resumed(DispatchPlan.Earlier earlier, int losses) {
    List<DispatchPlan.PlannedTest> tests = new ArrayList<>(Play.tests(3, 0));
    DispatchPlan.PlannedTest second = tests.get(1);
    tests.set(
        1,
        new DispatchPlan.PlannedTest(
            second.id(),
            second.group(),
            second.file(),
            0,
            second.timeout(),
            second.expected(),
            second.high(),
            false,
            10,
            "",
            earlier,
            false));
    return new Play(
        new DispatchPlan(
            tests, Play.rules(1), Map.of(), new DispatchPlan.Continuation(7, 9, losses)));
  }

  @Test
  void aTestInFlightAtADeathBeforeTheResumeIsStillSuspect() {
    DispatchPlan.EarlierDeath death =
        new DispatchPlan.EarlierDeath(
            Play.sb(7), new Death(Death.Cause.EXITED, OptionalInt.of(137), ""));
    Play play = resumed(new DispatchPlan.Earlier(1, List.of(), true, List.of(death)), 1).ready(8);
    assertThat(play.testsIn(8)).as("it runs alone").containsExactly(1);
    play.started(8, 1).died(8);
    assertThat(play.decided())
        .containsExactly(
            "t1 FAILED: its sandbox died while it ran, twice: exit 137 in sb-7, exit 137 in sb-8");
    play.closed(8).ready(9).runsAll(9, PASSED);
    assertThat(play.decided()).hasSize(3).contains("t0 PASSED", "t2 PASSED");
  }

  @Test
  void aSuspectOfBeforeTheResumeThatPassesIsPassed() {
    Play play = resumed(new DispatchPlan.Earlier(1, List.of(), true, List.of()), 1).ready(8);
    assertThat(play.testsIn(8)).containsExactly(1);
    play.runsAll(8, PASSED).runsAll(8, PASSED);
    assertThat(play.decided()).containsExactly("t1 PASSED", "t0 PASSED", "t2 PASSED");
  }

  // A provider that cannot start anything

  @Test
  void startsThatAlwaysFailEndTheRunInSecondsAndSayWhy() {
    Rules rules = Play.rules(8);
    Play play =
        new Play(
            new DispatchPlan(
                Play.tests(20, 0),
                new Rules(
                    8,
                    false,
                    true,
                    1_000_000,
                    rules.costs(),
                    1000,
                    rules.stallTimeout(),
                    2,
                    3,
                    rules.cancelGrace())));
    Set<SandboxId> failed = new HashSet<>();
    double waited = 0;
    while (!play.isFinished() && waited < 60) {
      for (Action.StartSandbox start : play.actions(Action.StartSandbox.class)) {
        if (failed.add(start.sandbox())) {
          play.send(
              new Message.SandboxStartFailed(
                  start.sandbox(), new StartFailure.Failed("the API answers 500")));
        }
      }
      play.pass(0.05);
      waited += 0.05;
    }
    assertThat(waited).isLessThan(5);
    assertThat(failed).hasSizeLessThan(14);
    assertThat(play.decided())
        .hasSize(20)
        .allMatch(verdict ->
            verdict.contains("NOT_RUN: not run: no sandbox can be started: ")
                && verdict.endsWith("did not start: the API answers 500"));
  }

  @Test
  void aSandboxThatStartsAfterManyFailingOnesIsStillUsed() {
    Play play = Play.of(3, 0, 2);
    for (int sandbox = 1; sandbox <= 4; sandbox++) {
      play.send(
          new Message.SandboxStartFailed(Play.sb(sandbox), new StartFailure.Failed("not yet")));
      play.pass(1.5);
    }
    play.ready(5);
    while (!play.running.isEmpty()) {
      play.runsAll(5, PASSED);
    }
    assertThat(play.decided()).containsExactlyInAnyOrder("t0 PASSED", "t1 PASSED", "t2 PASSED");
  }

  private static Play ofGroup(DispatchPlan.GroupRules group, int tests, int maxParallel) {
    return new Play(
        new DispatchPlan(
            Play.tests(tests, 1),
            Play.rules(maxParallel),
            Map.of("g", group),
            DispatchPlan.Continuation.NONE));
  }

  @Test
  void aSerialGroupNeverRunsTwiceAtATime() {
    Play play = ofGroup(new DispatchPlan.GroupRules(1, false), 6, 4).ready(1);

    assertThat(play.done).filteredOn(Action.StartSandbox.class::isInstance).hasSize(1);
    assertThat(play.running).hasSize(1);
  }

  @Test
  void aGroupWithALimitUsesNoMoreSandboxes() {
    Play play = ofGroup(new DispatchPlan.GroupRules(2, false), 20, 8).ready(1, 2);

    assertThat(play.done).filteredOn(Action.StartSandbox.class::isInstance).hasSize(2);
    assertThat(play.running).hasSize(2);
  }

  @Test
  void eachTestOfAFreshGroupGetsASandboxOfItsOwn() {
    Play play = ofGroup(new DispatchPlan.GroupRules(Integer.MAX_VALUE, true), 3, 1).ready(1);
    assertThat(play.testsIn(1)).hasSize(1);

    play.runsAll(1, PASSED);

    assertThat(play.done).contains(new Action.CloseSandbox(Play.sb(1)));
    play.closed(1).ready(2);
    assertThat(play.testsIn(2)).hasSize(1);
  }
}
