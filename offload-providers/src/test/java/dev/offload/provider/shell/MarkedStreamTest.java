package dev.offload.provider.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.provider.shell.MarkedStream.Part;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarkedStreamTest {
  private final Map<Part, StringBuilder> seen = new EnumMap<>(Part.class);
  private final MarkedStream stream =
      new MarkedStream(
          "abc",
          (part, buffer, offset, length) ->
              seen.computeIfAbsent(part, _ -> new StringBuilder())
                  .append(new String(buffer, offset, length, StandardCharsets.ISO_8859_1)),
          () -> {});

  private static final String WHOLE =
      "motd\n[offload:abc:begin]\none [offload: [[offload:abc:nonsense][offload:abd:end:1]\n"
          + "no line end[offload:abc:end:75]\r\nbye[offload:abc:";

  @Test
  void cutsMarksOutAndNothingElse() {
    take(WHOLE);
    assertParts();
  }

  @Test
  void cutsMarksOutHoweverTheStreamIsCut() {
    for (int seed = 0; seed < 200; seed++) {
      MarkedStreamTest one = new MarkedStreamTest();
      Random random = new Random(seed);
      for (int at = 0; at < WHOLE.length(); ) {
        int next = Math.min(WHOLE.length(), at + 1 + random.nextInt(1 + seed % 9));
        one.take(WHOLE.substring(at, next));
        at = next;
      }
      one.assertParts();
    }
  }

  @Test
  void handsOrdinaryOutputOverAtOnceAndInOnePiece() {
    take("[offload:abc:begin]\n");
    take("a prompt [yes/no] [offload ");
    assertThat(seen.get(Part.INSIDE)).hasToString("a prompt [yes/no] [offload ");
    assertThat(stream.end()).isEmpty();
  }

  @Test
  void withoutMarksEverythingIsTheTransports() {
    take("Error: no such container\n");
    stream.flush();
    assertThat(stream.began()).isFalse();
    assertThat(seen).containsOnlyKeys(Part.BEFORE);
  }

  private void take(String text) {
    byte[] bytes = ("##" + text + "##").getBytes(StandardCharsets.ISO_8859_1);
    stream.take(bytes, 2, bytes.length - 4);
  }

  private void assertParts() {
    stream.flush();
    assertThat(seen.get(Part.BEFORE)).hasToString("motd\n");
    assertThat(seen.get(Part.INSIDE))
        .hasToString("one [offload: [[offload:abc:nonsense][offload:abd:end:1]\nno line end");
    assertThat(seen.get(Part.AFTER)).hasToString("bye[offload:abc:");
    assertThat(stream.began()).isTrue();
    assertThat(stream.end()).hasValue(75);
  }
}
