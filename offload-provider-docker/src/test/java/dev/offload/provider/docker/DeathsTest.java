package dev.offload.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeathsTest {
  private static final Instant SHORTAGE = Instant.parse("2026-01-01T10:00:00Z");

  @Test
  void aContainerThatEndsInALackOfMemoryEndedOfIt() {
    assertThat(Deaths.endedWith(SHORTAGE, "2026-01-01T10:00:00.2Z")).isTrue();
    assertThat(Deaths.endedWith(null, "2026-01-01T10:00:00.2Z")).isTrue();
  }

  @Test
  void aContainerThatEndsLongAfterALackOfMemoryEndedOfSomethingElse() {
    assertThat(Deaths.endedWith(SHORTAGE, "2026-01-01T10:00:09.2Z")).isFalse();
  }
}
