package dev.offload.framework.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.TestSignal;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalReaderTest {
  private static final String WHOLE =
      "{\"finished\":2,\"outcome\":\"failed\",\"duration\":1.5,\"phases\":[0.5,1,0],"
          + "\"message\":\"m\",\"details\":\"a\\nb\",\"stdout\":\"o\",\"stderr\":\"e\"}";

  private final SignalReader reader = new SignalReader(3);

  @Test
  void readsStartsAndEnds() {
    assertThat(reader.read("{\"started\":2}")).containsExactly(new TestSignal.Started(2));
    assertThat(reader.read(WHOLE))
        .containsExactly(
            new TestSignal.Finished(
                2,
                new AttemptReport(Outcome.FAILED, Duration.ofMillis(1500), "m", "a\nb", "o", "e")));
    assertThat(reader.read("{\"finished\":0,\"outcome\":\"passed\",\"duration\":0.000001}"))
        .containsExactly(
            new TestSignal.Finished(0, AttemptReport.of(Outcome.PASSED, Duration.ofNanos(1000))));
    assertThat(reader.isComplete()).isFalse();
  }

  @Test
  void whatBreaksTheProcessIsTheErrorOfEveryUnfinishedTest() {
    reader.read(WHOLE);

    assertThat(reader.read("{\"broken\":{\"message\":\"no conftest\",\"details\":\"text\"}}"))
        .hasSize(4)
        .contains(
            new TestSignal.Started(0),
            new TestSignal.Finished(
                0, AttemptReport.of(Outcome.ERRORED, Duration.ZERO, "no conftest", "text")));
    assertThat(reader.isComplete()).isTrue();
  }

  @Test
  void anOutcomeThatIsNotKnownIsNotAPass() {
    assertThat(reader.read("{\"finished\":1,\"outcome\":\"splendid\"}"))
        .containsExactly(
            new TestSignal.Finished(1, AttemptReport.of(Outcome.ERRORED, Duration.ZERO)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "null",
        "[]",
        "{",
        "{}",
        "{\"started\":3}",
        "{\"started\":-1}",
        "{\"started\":\"0\"}",
        "{\"started\":null}",
        "{\"finished\":7,\"outcome\":\"passed\"}",
        "{\"started\":0} {\"started\":1}",
        "{\"other\":1}"
      })
  void whatMakesNoSenseIsADiagnosis(String frame) {
    assertThat(reader.read(frame))
        .singleElement()
        .isInstanceOfSatisfying(
            TestSignal.Diagnosis.class,
            diagnosis -> assertThat(diagnosis.text()).startsWith("a signal ").contains(frame));
  }

  @Test
  void noTextMakesItThrow() {
    Random random = new Random(20261123);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(WHOLE);
      for (int j = random.nextInt(4); j >= 0; j--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.setCharAt(at, (char) random.nextInt(65536));
          default -> text.insert(at, "[{\"9e999,-".charAt(random.nextInt(10)));
        }
      }
      assertThat(reader.read(text.toString())).as("frame %s", text).hasSize(1);
    }
    assertThat(reader.read("[".repeat(100_000))).hasSize(1);
    assertThat(reader.read("{\"a\":" + "[".repeat(100_000))).hasSize(1);
  }
}
