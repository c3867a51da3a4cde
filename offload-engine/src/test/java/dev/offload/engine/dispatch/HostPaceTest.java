package dev.offload.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What is learned of one sandbox is believed of the others on its machine.
class HostPaceTest {
  private static PoolSandbox on(Pace host, int number) {
    PoolSandbox sandbox = new PoolSandbox(new SandboxId(number), 0, 3);
    sandbox.host = host;
    return sandbox;
  }

  @Test
  void aSandboxIsBelievedToBeAsFastAsItsMachine() {
    Pace slow = new Pace();
    on(slow, 1).passed(10, 40);
    assertThat(on(slow, 2).isTried()).isTrue();
    assertThat(on(slow, 2).pace()).isCloseTo(4, within(0.5));
    PoolSandbox elsewhere = on(new Pace(), 3);
    assertThat(elsewhere.isTried()).isFalse();
    assertThat(elsewhere.pace()).isEqualTo(1);
  }

  @Test
  void whatIsMeasuredInTheSandboxItselfSoonOutweighsItsMachine() {
    Pace slow = new Pace();
    on(slow, 1).passed(10, 40);
    PoolSandbox quick = on(slow, 2);
    quick.passed(2, 2);
    assertThat(quick.pace()).isLessThan(1.5);
  }

  @Test
  void theFirstBatchOnAMachineKnownToBeSlowIsSmall() {
    assertThat(firstBatchOfAThirdSandbox("slow"))
        .isPositive()
        .isLessThan(firstBatchOfAThirdSandbox("fast"));
  }

  private static int firstBatchOfAThirdSandbox(String host) {
    Play play = Play.of(200, 0, 3).ready(1, "slow").ready(2, "fast");
    passAll(play, 1, 4);
    passAll(play, 2, 1);
    return play.ready(3, host).testsIn(3).size();
  }

  private static void passAll(Play play, int sandbox, int seconds) {
    AttemptReport passed = AttemptReport.of(Outcome.PASSED, Duration.ofSeconds(seconds), "", "");
    for (int test : play.testsIn(sandbox)) {
      play.started(sandbox, test)
          .send(new Message.TestFinished(Play.sb(sandbox), play.batch(sandbox), test, passed));
    }
    play.ends(sandbox, 0);
  }
}
