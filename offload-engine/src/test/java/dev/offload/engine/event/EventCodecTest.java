package dev.offload.engine.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.api.event.BatchId;
import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.sandbox.Death;
import dev.offload.api.sandbox.SandboxId;
import dev.offload.api.test.AttemptReport;
import dev.offload.api.test.Outcome;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class EventCodecTest {
  private static final Pattern FIELD = Pattern.compile("[{,]\"([a-z_]+)\":");

  @Test
  void theSamplesHoldEveryKindOfEvent() {
    assertThat(SampleEvents.all().stream().map(event -> event.getClass().getName()))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(RunEvent.class.getPermittedSubclasses()).map(Class::getName).toList());
  }

  @Test
  void everyEventReadsBackAsItWas() {
    for (EventRecord entry : SampleEvents.records()) {
      assertThat(EventCodec.decode(EventCodec.encode(entry))).isEqualTo(entry);
    }
  }

  @Test
  void anEventIsOneLine() {
    for (EventRecord entry : SampleEvents.records()) {
      assertThat(EventCodec.encode(entry)).doesNotContain("\n", "\r");
    }
  }

  @Test
  void textsOfAnyCharactersReadBack() {
    Random random = new Random(42);
    for (int i = 0; i < 2000; i++) {
      char[] text = new char[random.nextInt(1, 40)];
      for (int c = 0; c < text.length; c++) {
        text[c] = (char) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(65536));
      }
      EventRecord entry =
          SampleEvents.record(
              1,
              new RunEvent.AttemptStarted(
                  new TestId(new String(text)), 1, new BatchId(1), new SandboxId(1)));
      assertThat(EventCodec.decode(EventCodec.encode(entry))).isEqualTo(entry);
    }
  }

  @Test
  void aTextBeyondTheLimitIsShortened() {
    String huge = "x".repeat(EventCodec.MAX_TEXT + 5);
    RunEvent.AttemptFinished event =
        new RunEvent.AttemptFinished(
            new TestId("t"),
            1,
            new BatchId(1),
            new SandboxId(1),
            Duration.ZERO,
            new AttemptReport(Outcome.FAILED, Duration.ZERO, "m", huge, huge, ""));
    EventRecord read = EventCodec.decode(EventCodec.encode(SampleEvents.record(1, event)));
    assertThat(((RunEvent.AttemptFinished) read.event()).report().details())
        .hasSize(EventCodec.MAX_TEXT + "\n[5 characters left out]".length())
        .endsWith("x\n[5 characters left out]");
  }

  @Test
  void whatIsWrongWithALineIsSaid() {
    assertThatThrownBy(() -> EventCodec.decode("[]")).hasMessage("not a JSON object");
    assertThatThrownBy(() -> EventCodec.decode("{} {}")).hasMessage("text after the JSON object");
    assertThatThrownBy(() -> EventCodec.decode("{}")).hasMessage("`seq` is missing");
    String begin = "{\"seq\":1,\"at\":\"2026-11-01T10:00:00Z\",";
    assertThatThrownBy(() -> EventCodec.decode(begin + "\"event\":\"moon_landed\"}"))
        .hasMessage("unknown event `moon_landed`");
    assertThatThrownBy(() -> EventCodec.decode(begin + "\"event\":\"phase_started\",\"phase\":3}"))
        .hasMessage("`phase` has the wrong type");
    assertThatThrownBy(() ->
            EventCodec.decode(
                begin
                    + "\"event\":\"phase_finished\",\"phase\":\"p\",\"duration_secs\":1e999999999}"))
        .hasMessage("`duration_secs` is not a number of seconds");
    assertThatThrownBy(() ->
            EventCodec.decode(
                begin + "\"event\":\"test_decided\",\"test\":\"t\",\"verdict\":\"great\"}"))
        .hasMessage("`verdict` has the unknown value great");
  }

  @Test
  void fieldsThatAreNotKnownAreIgnored() {
    assertThat(
            EventCodec.decode(
                    "{\"seq\":1,\"at\":\"2026-11-01T10:00:00Z\",\"new\":[{\"x\":null}],"
                        + "\"event\":\"phase_started\",\"phase\":\"image\"}")
                .event())
        .isEqualTo(new RunEvent.PhaseStarted("image"));
  }

  @Test
  void theReferenceDocumentsEveryEventAndField() throws IOException {
    String document = Files.readString(root().resolve("docs/reference/events.md"));
    for (EventRecord entry : SampleEvents.records()) {
      String line = EventCodec.encode(entry);
      Matcher name = Pattern.compile("\"event\":\"([a-z_]+)\"").matcher(line);
      assertThat(name.find()).isTrue();
      String section = section(document, name.group(1));
      Set<String> fields = new HashSet<>();
      FIELD.matcher(line).results().forEach(field -> fields.add(field.group(1)));
      fields.removeAll(List.of("seq", "at", "event"));
      for (String field : fields) {
        assertThat(section).as("section of " + name.group(1)).contains("| `" + field + "` |");
      }
    }
    for (Class<? extends Enum<?>> words :
        List.of(Outcome.class, Verdict.class, Death.Cause.class)) {
      Arrays.stream(words.getEnumConstants())
          .forEach(word ->
              assertThat(document).contains("`" + word.name().toLowerCase(Locale.ROOT) + "`"));
    }
    assertThat(document).contains(EventCodec.HEADER);
  }

  private static String section(String document, String event) {
    int start = document.indexOf("### `" + event + "`");
    assertThat(start).as("a section for " + event).isNotNegative();
    int end = document.indexOf("\n### ", start + 1);
    return end < 0 ? document.substring(start) : document.substring(start, end);
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("build-config"))) {
      folder = Objects.requireNonNull(folder.getParent());
    }
    return folder;
  }
}
