package dev.offload.engine.dispatch;

import static dev.offload.api.test.Outcome.FAILED;
import static dev.offload.api.test.Outcome.PASSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.event.RunEvent;
import dev.offload.api.test.TestId;
import dev.offload.engine.dispatch.DispatchPlan.PlannedTest;
import dev.offload.engine.dispatch.Message.BatchEnd;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Tests that become known, or turn out not to be there, while others run.
class LateTestsTest {
  private static final List<PlannedTest> TESTS = Play.tests(6, 0);

  /// Two tests are known for certain, and the listing goes on.
  private static Play begin(int maxParallel, boolean failFast) {
    return Play.listing(TESTS.subList(0, 2), maxParallel, failFast);
  }

  private static Message found(int from, int to, boolean certain) {
    return new Message.TestsFound(TESTS.subList(from, to), certain);
  }

  @Test
  void aRunThatHasNothingToDoWaitsForMoreTests() {
    Play play = begin(1, false).ready(1).runsAll(1, PASSED);
    assertThat(play.isClosing()).isFalse();

    play.send(found(2, 4, true)).runsAll(1, PASSED);
    assertThat(play.isClosing()).isFalse();

    play.send(new Message.DiscoveryEnded());
    assertThat(play.closed(1).isFinished()).isTrue();
    assertThat(play.decided()).containsExactly("t0 PASSED", "t1 PASSED", "t2 PASSED", "t3 PASSED");
  }

  @Test
  void nothingAtAllIsStartedWhenNothingIsFound() {
    Play play = Play.listing(List.of(), 4, false);
    assertThat(play.send(new Message.DiscoveryEnded()).isFinished()).isTrue();
    assertThat(play.actions(Action.StartSandbox.class)).isEmpty();
  }

  @Test
  void whatIsFoundAfterTheFirstFailureIsNotRun() {
    Play play = begin(1, true).ready(1).runs(1, 0, FAILED).ends(1, 1).closed(1);
    assertThat(play.isFinished()).isFalse();

    play.send(found(2, 3, true)).send(new Message.DiscoveryEnded());
    assertThat(play.isFinished()).isTrue();
    assertThat(play.decided().getLast()).startsWith("t2 NOT_RUN").contains("--fail-fast");
  }

  @Test
  void aCancelWaitsForNoMoreTests() {
    Play play = begin(1, false).ready(1).send(new Message.Cancel("interrupted")).closed(1);
    assertThat(play.isFinished()).isTrue();
    assertThat(play.decided()).hasSize(2).allMatch(it -> it.endsWith("interrupted"));
  }

  @Test
  void whatIsNotThereLeavesNoVerdictBehindWhateverBecameOfIt() {
    Play play = Play.listing(List.of(), 1, false).send(found(0, 4, false)).ready(1);
    play.runs(1, 0, PASSED).runs(1, 1, FAILED).runs(1, 2, PASSED);
    assertThat(play.decided())
        .as("a failure may be of a test that is not there")
        .containsExactly("t0 PASSED", "t2 PASSED");

    play.send(new Message.TestsWithdrawn(List.of(1, 2, 3)));
    play.send(new Message.DiscoveryEnded());
    assertThat(play.events(RunEvent.TestsWithdrawn.class))
        .singleElement()
        .satisfies(it -> assertThat(it.tests()).contains(new TestId("t1"), new TestId("t3")));
    assertThat(play.decided()).containsExactly("t0 PASSED", "t2 PASSED");
    play.ends(1, 0);
    assertThat(play.closed(1).isFinished()).isTrue();
  }

  @Test
  void aFailureIsToldOnceItsTestIsCertain() {
    Play play = Play.listing(List.of(), 1, false).send(found(0, 2, false)).ready(1);
    play.runsAll(1, FAILED);
    assertThat(play.decided()).isEmpty();
    play.send(new Message.DiscoveryEnded());
    assertThat(play.decided()).containsExactly("t0 FAILED: boom 0", "t1 FAILED: boom 1");
  }

  @Test
  void whatNobodyKnowsWaitsForTheListAndCostsNoSandbox() {
    Play play = Play.listing(List.of(), 1, false).send(found(0, 6, false)).ready(1);
    play.ends(1, new BatchEnd.Ended("exit code 5", false, false, "no tests ran"));
    assertThat(play.running).as("it may not be there").isEmpty();

    play.send(new Message.TestsWithdrawn(List.of(0, 1, 2, 3, 4)));
    play.send(new Message.DiscoveryEnded());
    assertThat(play.testsIn(1)).as("it is there after all").containsExactly(5);
    play.runsAll(1, PASSED);
    assertThat(play.decided()).containsExactly("t5 PASSED");
  }

  @Test
  void aNameThatComesBackIsAnotherTest() {
    Play play = Play.listing(List.of(), 1, false).send(found(0, 1, false)).ready(1);
    play.runsAll(1, PASSED);
    play.send(new Message.TestsWithdrawn(List.of(0))).send(found(0, 1, true));
    assertThat(play.testsIn(1)).containsExactly(1);
    play.send(new Message.DiscoveryEnded()).runs(1, 1, PASSED).ends(1, 0);
    assertThat(play.closed(1).isFinished()).isTrue();
  }
}
