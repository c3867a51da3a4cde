package dev.offload.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private final Failures failures =
      new Failures(
          new Console(
              new ByteArrayOutputStream(), err, StandardCharsets.UTF_8, StandardCharsets.UTF_8));

  @Test
  void saysHowToGiveOffloadMoreMemory() {
    int code = failures.handle(new IllegalStateException("while", new OutOfMemoryError("heap")));

    assertThat(code).isEqualTo(70);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .containsPattern(
            "offload: its own memory of \\d+ MB did not suffice; set OFFLOAD_JAVA_OPTS=-Xmx\\d+m")
        .hasLineCount(1);
  }

  @Test
  void aBugIsOneLineThatNamesALog() {
    int code = failures.handle(new IllegalStateException("so\nand so"));

    assertThat(code).isEqualTo(70);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("offload: internal error, a bug in Offload: IllegalStateException: so; ")
        .contains("please report it with ")
        .hasLineCount(1);
  }
}
