package dev.offload.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.test.Outcome;
import dev.offload.api.test.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A command that has one exit code for all its tests.
class SplitTest {
  private final List<Integer> sizes = new ArrayList<>();

  @Test
  void a_batch_whose_answer_is_one_for_all_is_divided_until_each_test_has_its_own() {
    Map<String, Verdict> verdicts = run(7, 3);

    assertThat(verdicts).hasSize(7).containsEntry("t3", Verdict.FAILED);
    assertThat(verdicts.values()).filteredOn(verdict -> verdict == Verdict.PASSED).hasSize(6);
    assertThat(sizes).startsWith(7).endsWith(1);
    assertThat(sizes).hasSizeLessThan(14);
  }

  @Test
  void dividing_ends_when_every_test_fails() {
    Map<String, Verdict> verdicts = run(6, -1);

    assertThat(verdicts.values()).hasSize(6).containsOnly(Verdict.FAILED);
  }

  /// Run so many tests, of which one fails, or all with -1.
  private Map<String, Verdict> run(int tests, int failing) {
    return PlayedRun.of(
        PlayedRun.tests(tests, 0, Duration.ofMillis(1)), 1, batch -> batch(batch, failing));
  }

  private List<Message> batch(Action.RunBatch batch, int failing) {
    List<Message> said = new ArrayList<>();
    sizes.add(batch.tests().size());
    boolean fails = failing < 0 || batch.tests().contains(failing);
    if (fails && batch.tests().size() > 1) {
      said.add(new Message.SplitWanted(batch.sandbox(), batch.batch()));
    } else {
      for (int test : batch.tests()) {
        said.add(PlayedRun.finished(batch, test, fails ? Outcome.FAILED : Outcome.PASSED));
      }
    }
    said.add(PlayedRun.ended(batch, fails ? 1 : 0));
    return said;
  }
}
