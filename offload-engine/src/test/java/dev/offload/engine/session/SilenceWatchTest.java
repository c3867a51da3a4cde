package dev.offload.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.engine.config.OffloadConfig.SilenceSettings;
import dev.offload.engine.session.SilenceWatch.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceWatchTest {
  private final SilenceWatch watch =
      new SilenceWatch(
          new SilenceSettings(
              Duration.ofSeconds(1), Duration.ofMillis(1500), Duration.ofSeconds(5)));

  private Step after(long millis) {
    return watch.look(Duration.ofMillis(millis), false);
  }

  @Test
  void asksFirstAndSuspectsWhenNobodyKnows() {
    assertThat(after(1400)).isEqualTo(Step.NOTHING);
    assertThat(after(1500)).isEqualTo(Step.ASK);
    assertThat(after(1550)).isEqualTo(Step.NOTHING);
    watch.nobodyKnows();
    assertThat(after(1600)).isEqualTo(Step.SUSPECT);
    assertThat(after(1700)).isEqualTo(Step.NOTHING);
  }

  @Test
  void doesNotWaitLongForTheAnswer() {
    after(1500);
    assertThat(after(1700)).isEqualTo(Step.NOTHING);
    assertThat(after(1750)).isEqualTo(Step.SUSPECT);
  }

  @Test
  void believesTheProviderForAWhile() {
    after(1500);
    watch.saidToLive();
    assertThat(after(2400)).isEqualTo(Step.NOTHING);
    assertThat(after(2500)).isEqualTo(Step.SUSPECT);
  }

  @Test
  void givesAFileOnItsWayMoreTime() {
    after(1500);
    watch.nobodyKnows();
    assertThat(watch.look(Duration.ofMillis(2400), true)).isEqualTo(Step.NOTHING);
    assertThat(watch.look(Duration.ofMillis(2500), true)).isEqualTo(Step.SUSPECT);
  }

  @Test
  void saysWhenItIsHeardAgainAndThenHasMorePatience() {
    after(1500);
    after(1800);
    assertThat(after(10)).isEqualTo(Step.HEARD);
    assertThat(after(20)).isEqualTo(Step.NOTHING);
    assertThat(after(2200)).isEqualTo(Step.NOTHING);
    assertThat(after(2250)).isEqualTo(Step.ASK);
  }

  @Test
  void looksInTimeForWhatComesNext() {
    assertThat(watch.pause(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(251));
    assertThat(watch.pause(Duration.ofMillis(1480))).isEqualTo(Duration.ofMillis(21));
    assertThat(watch.pause(Duration.ofMillis(4990))).isEqualTo(Duration.ofMillis(11));
  }
}
