package dev.offload.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TailBufferTest {
  @Test
  void keepsEverythingWhileItFits() {
    assertThat(after(16, "a\nb\n").text()).isEqualTo("a\nb\n");
  }

  @Test
  void dropsTheFirstLineWhenItWasCut() {
    assertThat(after(8, "12345\n", "67\n89\n").text()).isEqualTo("67\n89\n");
  }

  @Test
  void survivesAWriteLargerThanItself() {
    assertThat(after(4, "0123456789").text()).isEqualTo("6789");
  }

  @Test
  void returnsTheLastLines() {
    assertThat(after(100, "1\n2\n3\n").lastLines(2)).isEqualTo("2\n3");
    assertThat(after(100, "1\n2\n3").lastLines(9)).isEqualTo("1\n2\n3");
    assertThat(after(100).lastLines(3)).isEmpty();
  }

  private static TailBuffer after(int capacity, String... writes) {
    TailBuffer buffer = new TailBuffer(capacity);
    for (String write : writes) {
      byte[] bytes = write.getBytes(StandardCharsets.UTF_8);
      buffer.write(bytes, 0, bytes.length);
    }
    return buffer;
  }
}
