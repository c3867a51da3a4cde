package dev.offload.api.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.sandbox.Death.Cause;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class DeathTest {
  private static String inWords(Cause cause, String message) {
    return new Death(cause, OptionalInt.of(137), message).inWords();
  }

  @Test
  void saysCauseExitCodeAndMessage() {
    assertThat(inWords(Cause.OUT_OF_MEMORY, "killed by the kernel"))
        .isEqualTo("out of memory, exit 137: killed by the kernel");
  }

  @Test
  void leavesOutACauseThatTheMessageBeginsWith() {
    assertThat(inWords(Cause.EVICTED, "evicted for its use of memory"))
        .isEqualTo("evicted for its use of memory (exit 137)");
  }

  @Test
  void leavesOutACauseThatIsNotKnown() {
    assertThat(inWords(Cause.UNKNOWN, "gone")).isEqualTo("gone (exit 137)");
    assertThat(Death.of(Cause.UNKNOWN, "").inWords()).isEqualTo("cause unknown");
  }
}
