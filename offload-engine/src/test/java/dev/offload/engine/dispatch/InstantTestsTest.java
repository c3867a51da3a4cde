package dev.offload.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.Outcome;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Tests whose reports of an earlier run say that they took no time at all.
class InstantTestsTest {
  private static final int FAILING = 1;

  @Test
  void a_failed_one_is_tried_again_and_the_run_ends() {
    Map<String, Verdict> verdicts =
        PlayedRun.of(PlayedRun.tests(2, 1, Duration.ZERO), 4, InstantTestsTest::batch);

    assertThat(verdicts)
        .isEqualTo(new TreeMap<>(Map.of("t0", Verdict.PASSED, "t1", Verdict.FAILED)));
  }

  private static List<Message> batch(Action.RunBatch batch) {
    List<Message> said = new ArrayList<>();
    for (int test : batch.tests()) {
      said.add(PlayedRun.finished(batch, test, test == FAILING ? Outcome.FAILED : Outcome.PASSED));
    }
    said.add(PlayedRun.ended(batch, 0));
    return said;
  }
}
