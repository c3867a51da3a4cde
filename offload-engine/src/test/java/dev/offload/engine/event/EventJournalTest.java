package dev.offload.engine.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offload.api.event.EventRecord;
import dev.offload.api.event.RunEvent;
import dev.offload.api.report.Reporter;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import dev.offload.api.test.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventJournalTest {
  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("events.jsonl");
  }

  @Test
  void whatWasWrittenReadsBack() throws Exception {
    write(SampleEvents.records());
    Journal read = read();
    assertThat(read.entries()).isEqualTo(SampleEvents.records());
    assertThat(read.problems()).isEmpty();
    assertThat(read.complete()).isTrue();
  }

  @Test
  void theFirstLineSaysTheSchema() throws Exception {
    write(List.of());
    assertThat(path).content().isEqualTo("{\"schema\":1,\"journal\":\"offload\"}\n");
  }

  @Test
  void aVerdictThatIsPrintedIsInTheFileAtOnce() throws Exception {
    try (EventJournal journal = EventJournal.create(path)) {
      journal.accept(SampleEvents.record(1, new RunEvent.PhaseStarted("image")));
      journal.accept(
          SampleEvents.record(2, new RunEvent.TestDecided(new TestId("t"), Verdict.FAILED, "")));
      assertThat(path).content().contains("\"verdict\":\"failed\"").endsWith("}\n");
    }
  }

  @Test
  void anEventThatWaitsReachesTheFileWithoutAnother()
      throws IOException, InterruptedException, JournalException {
    try (EventJournal journal = EventJournal.create(path)) {
      for (int i = 1; i <= 3; i++) {
        journal.accept(SampleEvents.record(i, new RunEvent.PhaseStarted("phase-" + i)));
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!Files.readString(path).contains("phase-" + i)) {
          assertThat(System.nanoTime()).isLessThan(deadline);
          Thread.sleep(5);
        }
      }
    }
  }

  @Test
  void anInterruptedThreadCanStillWrite() throws Exception {
    Thread.currentThread().interrupt();
    try {
      write(SampleEvents.records());
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(read().entries()).hasSize(SampleEvents.records().size());
  }

  @Test
  void aSecondRunIsRefusedAndTheFirstIsNotTouched() throws Exception {
    try (EventJournal journal = EventJournal.create(path)) {
      journal.accept(SampleEvents.records().getFirst());
      assertThatThrownBy(() -> EventJournal.create(path))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("another run is writing to " + path);
    }
    assertThat(read().entries()).hasSize(1);
  }

  @Test
  void anOlderJournalIsReplaced() throws Exception {
    write(SampleEvents.records());
    write(SampleEvents.records().subList(0, 2));
    assertThat(read().entries()).hasSize(2);
  }

  @Test
  void aLineThatIsCutOffIsReportedAndTheRestIsRead() throws Exception {
    write(SampleEvents.records());
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length - 20));
    Journal read = read();
    assertThat(read.entries()).hasSize(SampleEvents.records().size() - 1);
    assertThat(read.problems())
        .containsExactly("line " + (SampleEvents.all().size() + 1) + ": the line is cut off");
    assertThat(read.complete()).isFalse();
  }

  @Test
  void aCutAtAnyByteIsReadUpToThere() throws Exception {
    write(SampleEvents.records().subList(0, 5));
    byte[] whole = Files.readAllBytes(path);
    for (int length = EventCodec.HEADER.length(); length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThat(read().problems()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void foreignDamagedAndBlankLinesAreReportedByNumber() throws Exception {
    List<String> lines = new ArrayList<>();
    lines.add(EventCodec.HEADER);
    lines.add("");
    lines.add("make: *** [test] Error 1");
    lines.add(EventCodec.encode(SampleEvents.records().getFirst()));
    lines.add("  \r");
    lines.add("{\"level\":\"info\"}");
    lines.add(EventCodec.encode(SampleEvents.records().get(3)));
    lines.add("{\"seq\":5,\"at\":\"2026-11-01T10:00:00Z\",\"event\":\"moon_landed\"}");
    Files.write(path, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    Files.write(path, new byte[] {(byte) 0xff, 0, '\n'}, StandardOpenOption.APPEND);
    Journal read = read();
    assertThat(read.entries()).hasSize(2);
    assertThat(read.problems()).hasSize(5);
    assertThat(read.problems().get(0)).startsWith("line 3: not JSON");
    assertThat(read.problems().get(1)).isEqualTo("line 6: `seq` is missing");
    assertThat(read.problems().get(2)).isEqualTo("line 7: events 2 to 3 before it are missing");
    assertThat(read.problems().get(3)).isEqualTo("line 8: unknown event `moon_landed`");
    assertThat(read.problems().get(4)).startsWith("line 9: not JSON");
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    Files.writeString(path, "{\"schema\":2,\"journal\":\"offload\"}\n");
    assertThatThrownBy(this::read)
        .isInstanceOf(JournalException.class)
        .hasMessage(
            path
                + " was written by a newer Offload (schema 2; this one reads up to 1): read it with"
                + " that version");
  }

  @Test
  void aFileThatIsNoJournalIsRefused() throws Exception {
    for (String content : List.of("", "\n", "<testsuites/>\n", "[offload]\nmax_parallel = 2\n")) {
      Files.writeString(path, content);
      assertThatThrownBy(this::read)
          .isInstanceOf(JournalException.class)
          .hasMessage(path + " is not a journal of Offload");
    }
  }

  @Test
  void manyProblemsAreCountedButNotKept() throws Exception {
    Files.writeString(path, EventCodec.HEADER + "\n" + "x\n".repeat(5000));
    try (EventJournalReader reader = EventJournalReader.open(path)) {
      assertThat(reader.next()).isEmpty();
      assertThat(reader.problems()).hasSize(100);
      assertThat(reader.problemCount()).isEqualTo(5000);
    }
  }

  @Test
  void aLineOfManyMegabytesReadsBack() throws Exception {
    List<TestCase> tests =
        IntStream.range(0, 5000)
            .mapToObj(i -> "tests/test_ä.py::test[" + i + "-" + "p".repeat(2000) + "]")
            .map(id -> new TestCase(new TestId(id), "unit", "tests/test_ä.py", 1, id))
            .toList();
    EventRecord entry = SampleEvents.record(1, new RunEvent.TestsDiscovered("unit", 0, tests));
    write(List.of(entry));
    assertThat(Files.size(path)).isGreaterThan(10_000_000);
    assertThat(read().entries()).containsExactly(entry);
  }

  @Test
  void replayFeedsEveryReporterAndAFailingOneChangesNothing() throws Exception {
    write(SampleEvents.records());
    List<EventRecord> seen = new ArrayList<>();
    List<String> closed = new ArrayList<>();
    EventFanOut reporters = new EventFanOut();
    reporters.add("bad.xml", reporter(_ -> fail(), closed, "bad"));
    reporters.add("good.xml", reporter(seen::add, closed, "good"));
    EventReplay.Replayed replayed = EventReplay.replay(path, reporters);
    assertThat(seen).isEqualTo(SampleEvents.records());
    assertThat(closed).containsExactly("good");
    assertThat(replayed.events()).isEqualTo(seen.size());
    assertThat(replayed.complete()).isTrue();
    assertThat(replayed.failures())
        .containsExactly("bad.xml could not be written: No space left on device");
  }

  private static void fail() throws IOException {
    throw new IOException("No space left on device");
  }

  private interface Taking {
    void take(EventRecord entry) throws IOException;
  }

  private static Reporter reporter(Taking taking, List<String> closed, String name) {
    return new Reporter() {
      @Override
      public void accept(EventRecord entry) throws IOException {
        taking.take(entry);
      }

      @Override
      public void close() {
        closed.add(name);
      }
    };
  }

  private record Journal(List<EventRecord> entries, List<String> problems, boolean complete) {}

  private void write(List<EventRecord> entries) throws Exception {
    try (EventJournal journal = EventJournal.create(path)) {
      for (EventRecord entry : entries) {
        journal.accept(entry);
      }
    }
  }

  private Journal read() throws Exception {
    try (EventJournalReader reader = EventJournalReader.open(path)) {
      List<EventRecord> entries = new ArrayList<>();
      Optional<EventRecord> entry = reader.next();
      while (entry.isPresent()) {
        entries.add(entry.get());
        entry = reader.next();
      }
      return new Journal(
          entries, reader.problems().stream().map(Object::toString).toList(), reader.isComplete());
    }
  }
}
