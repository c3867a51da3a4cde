package dev.offload.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameSplitterTest {
  private final StringBuilder plain = new StringBuilder();
  private final List<String> frames = new ArrayList<>();
  private final List<String> wrapper = new ArrayList<>();
  private final FrameSplitter splitter =
      new FrameSplitter(
          "tok",
          new FrameSplitter.Target() {
            @Override
            public void plain(byte[] buffer, int offset, int length) {
              plain.append(new String(buffer, offset, length, StandardCharsets.ISO_8859_1));
            }

            @Override
            public void frame(String payload) {
              frames.add(payload);
            }

            @Override
            public void wrapper(String words) {
              wrapper.add(words);
            }
          });

  @Test
  void takesFramesOutOfTheMiddleOfALine() {
    feed("half a li\u001etok {\"a\":1}\nne\n");

    assertThat(frames).containsExactly("{\"a\":1}");
    assertThat(plain).hasToString("half a line\n");
  }

  @Test
  void findsTheSameHoweverTheBytesArrive() {
    String stream = "x\u001e\u001etok !start -12\ny\u001etox no\n\u001etok {}\r\nz\u001etok";
    for (byte b : stream.getBytes(StandardCharsets.ISO_8859_1)) {
      splitter.feed(new byte[] {b}, 0, 1);
    }
    splitter.finish();

    assertThat(wrapper).containsExactly("start -12");
    assertThat(frames).containsExactly("{}");
    assertThat(plain).hasToString("x\u001ey\u001etox no\nz\u001etok");
  }

  @Test
  void joinsPiecesWhateverTheyBeginWith() {
    feed("\u001etok +{\"a\":\n\u001etok ++1,\n\u001etok .!2}\n\u001etok {}\n");

    assertThat(frames).containsExactly("{\"a\":+1,!2}", "{}");
  }

  @Test
  void theWrapperMayComeBetweenAnyTwoBytesOfAFrame() {
    String frame = "\u001etok {\"a\":1}\n";
    for (int cut = 0; cut <= frame.length(); cut++) {
      feed(frame.substring(0, cut) + "\u001etok !beat\n\u001etok !beat\n" + frame.substring(cut));
    }

    assertThat(frames).hasSize(frame.length() + 1).containsOnly("{\"a\":1}");
    assertThat(wrapper).hasSize(2 * frame.length() + 2).containsOnly("beat");
    assertThat(plain).isEmpty();
  }

  @Test
  void aFrameThatAnotherOneCutsOffIsOrdinaryOutput() {
    feed("\u001etok {\"a\u001etok {\"b\":2}\n\u001etok x\u001ey\u001e\n\u001etok !end 0\n");

    assertThat(frames).containsExactly("{\"b\":2}", "x\u001ey\u001e");
    assertThat(wrapper).containsExactly("end 0");
    assertThat(plain).hasToString("\u001etok {\"a");
  }

  @Test
  void leavesForeignAndEndlessFramesInTheOutput() {
    feed("\u001eother {}\n");
    feed("\u001etok " + "x".repeat(100_000));
    feed("\n");

    assertThat(frames).isEmpty();
    assertThat(plain.length()).isEqualTo("\u001eother {}\n".length() + 5 + 100_000 + 1);
  }

  private void feed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    splitter.feed(bytes, 0, bytes.length);
  }
}
