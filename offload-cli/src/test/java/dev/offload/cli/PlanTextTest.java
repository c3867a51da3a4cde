package dev.offload.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.00 s",
    "59994, 59.99 s",
    "59996, 1 m 00.0 s",
    "100000, 1 m 40.0 s",
    "119970, 2 m 00.0 s",
    "7265000, 121 m 05.0 s"
  })
  void noTimeHasSixtySeconds(long millis, String words) {
    assertThat(PlanText.seconds(Duration.ofMillis(millis))).isEqualTo(words);
  }
}
